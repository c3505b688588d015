heddle run --main-cannot-block waits.wat --invoke wait 5; heddle run --sched=rr --main-cannot-block waits.wat --invoke wait 5
