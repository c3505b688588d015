heddle run --json functions.wat
heddle run --sched=random --runs=3 --json functions.wat --invoke add 2 3
