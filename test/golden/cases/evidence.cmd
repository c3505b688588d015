# No trace is overwritten unasked; what was no run leaves none, and touches none.
heddle run --sched=rr waits.wat --invoke wait -1 >/dev/null 2>&1; cp heddle.trace "$SCRATCH/first"
heddle run --sched=rr --agent=nothing waits.wat 2>/dev/null; echo "exit status $?"
echo "(module" >broken.wat; heddle run --sched=rr broken.wat 2>/dev/null; echo "exit status $?"
heddle run --sched=rr waits.wat --invoke wait -1 2>&1 | grep ^reproduce
cmp heddle.trace "$SCRATCH/first" && ls *.trace
# In a folder of one's own: one for each failure of each script.
heddle wast --sched=random --runs=20 --keep-going --trace-dir=found lost-update.wast loops.wast 2>&1 | grep ^reproduce
ls found
heddle wast --sched=rr --trace-dir=none/found lost-update.wast 2>&1 | grep none; echo "exit status $?"
# Many scripts: each reproduce line names its own.
for n in 1 2 3; do cp lost-update.wast lost-$n.wast; done
heddle wast --sched=random --trace-dir=each lost-1.wast lost-2.wast lost-3.wast 2>&1 | grep ^reproduce
for trace in each/*; do heddle replay "$trace" 2>/dev/null | head -n 1; done
