heddle run --sched=rr --record=t waits.wat --invoke wait 5 && heddle replay t
