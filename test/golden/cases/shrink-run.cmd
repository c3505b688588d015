heddle run --sched=rr waits.wat --invoke wait -1 >/dev/null 2>&1; heddle shrink heddle.trace && heddle replay heddle-shrunk.trace
