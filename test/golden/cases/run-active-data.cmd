heddle run active.wat; echo; heddle run --sched=rr active.wat
