heddle run --sched=rr exit-race.wat
