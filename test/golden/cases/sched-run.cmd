heddle run --sched=random --seed=7 waits.wat --invoke wait 1000000
