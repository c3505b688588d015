heddle run --sched=rr stacks.wat --spawn-import=env.spawn --spawn-export=thread --invoke share 3
