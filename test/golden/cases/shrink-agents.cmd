# Of many agents two race: the trace ends behind that, and nobody else takes part. What it is told by is short.
heddle run --sched=random --seed=1 --agent=race --agent=race --agent=race --agent=race --agent=race --agent=race agents.wat >/dev/null 2>&1
heddle shrink heddle.trace 2>&1
heddle replay heddle-shrunk.trace 2>&1; echo "exit status $?"
heddle replay --json heddle-shrunk.trace | grep '"outcome\|"failure\|"kind'
heddle trace heddle-shrunk.trace
# Once more: nothing is left to be dropped.
heddle shrink -o again heddle-shrunk.trace >/dev/null 2>&1; cmp again heddle-shrunk.trace
