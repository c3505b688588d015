heddle run --sched=rr stacks.wat --spawn-import=env.spawn --spawn-export=thread --agent='deep 1' --agent='deep 20' --agent-stack=4096 --races=warn
