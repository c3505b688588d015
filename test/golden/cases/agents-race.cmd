heddle run --sched=rr --instances=2 agents.wat --invoke race; heddle run --sched=rr --races=off --agent=race --agent=race agents.wat
