mkfifo "$SCRATCH/pipe"; exec 3<>"$SCRATCH/pipe"
heddle run --timeout=0.5 --sched=rr --record=stopped wasi.wat <&3; echo "exit status $?"
heddle replay stopped; echo "exit status $?"
