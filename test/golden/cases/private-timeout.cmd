heddle run --timeout=0.2 --sched=rr --record=t.trace --agent=count --agent=read private-loop.wat
