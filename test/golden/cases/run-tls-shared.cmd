heddle run --sched=rr tls-shared.wat --instances=2 --invoke bump && heddle run tls-shared.wat --invoke bump && heddle run --no-tls --sched=rr tls-shared.wat --instances=2 --invoke bump
