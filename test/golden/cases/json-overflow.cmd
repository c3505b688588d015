heddle run --sched=rr --json stacks.wat --spawn-import=env.spawn --spawn-export=thread --invoke share 3 | tr '\t' ' '
