# Runs are told apart by their failure, and by all bytes that they print.
heddle run --sched=random --runs=60 claims.wat
heddle run --sched=random --runs=60 --json claims.wat | grep '"outcome"'
# The same report whoever watches: races on, off, and in a replay.
for races in error off; do
    heddle run --sched=rr --races=$races --record=t waits.wat --invoke wait -1 2>$races.err; echo "exit status $?"
done
cmp error.err off.err && heddle replay t 2>&1 | cat - && heddle replay --races=error t 2>&1 | head -n 3
# A limit on events is no cycle; the search keeps to what the trace has failed in.
heddle run --sched=random --seed=3 --steps=3000 --record=l locks.wat --agent='both 0 4' --agent='both 4 0' 2>&1 | grep -A2 ^cycle
heddle shrink -o s l 2>/dev/null; heddle replay s 2>&1 | grep -A2 ^cycle
# An agent that runs for ever in its own code: every candidate ends.
heddle run --sched=random --seed=1 --timeout=0.2 --record=h never-ends.wat 2>/dev/null; echo "exit status $?"
heddle shrink -o s h >/dev/null 2>&1; echo "exit status $?"
