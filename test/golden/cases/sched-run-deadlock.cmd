heddle run --sched=rr waits.wat --invoke wait -1
