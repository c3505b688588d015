heddle run --sched=rr --agent='add 1' --agent='add 2' --agent='add 4' agents.wat && heddle run --sched=random --runs=20 --instances=2 agents.wat --invoke number @
