heddle run --sched=random --runs=3 waits.wat --invoke wait 5
