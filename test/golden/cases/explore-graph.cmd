# The graph of the execution that failed; the same from its trace.
heddle explore --dot=race.dot --agent=t0 --agent=t1 racy-pair.wat >/dev/null 2>&1; cat race.dot
heddle trace --dot=trace.dot heddle.trace >/dev/null; cmp race.dot trace.dot && echo same
# Without a failure some execution; orders by queue, spawn and join.
heddle explore --dot=none.dot either.wast >/dev/null; grep -e '->' none.dot
heddle wast --schedule='0*3,1*2,2*3,1*2,0*3' --record=notified.trace lost-notify.wast >/dev/null
heddle trace --dot=notified.dot notified.trace >/dev/null; grep -E 'label="[0-9]|sw' notified.dot
# A fence orders the plain accesses, but not the pair on the flag.
heddle run --schedule='0*4,1*6' --record=fenced.trace --agent=send --agent=receive fenced.wat 2>/dev/null
heddle trace --dot=fenced.dot fenced.trace >/dev/null; grep -E 'label="[0-9]|sw|rf|hb|race' fenced.dot
# Nowhere to go, no program for pictures, too many events.
heddle trace --dot=no/where.dot fenced.trace >/dev/null; echo "exit status $?"
PATH=/nonexistent "$BINARY" trace --picture=fenced.svg fenced.trace >/dev/null; echo "exit status $?"
heddle explore --dot=endless.dot --no-shrink --steps=3000 --agent=count endless.wat; echo "exit status $?"
