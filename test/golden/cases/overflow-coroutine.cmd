heddle run --sched=rr coroutine.wat --invoke switch
