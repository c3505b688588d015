# Nobody reads the report, or the output: the trace is written all the same.
command -v mkfifo >/dev/null || { echo "no mkfifo" >&2; exit 77; }
mkfifo pipe
(: <pipe) &
exec 4>pipe
wait
heddle wast --sched=rr wait-for-ever.wast 2>&4; echo "exit status $?"
heddle replay heddle.trace 2>&1 | head -n 1
heddle wast --sched=rr --json wait-for-ever.wast 2>/dev/null >&4; echo "exit status $?"
ls heddle-2.trace
heddle run functions.wat --invoke add 1 2 >&4; echo "exit status $?"
heddle run wasi.wat </dev/null >&4 2>&4; echo "exit status $?"
