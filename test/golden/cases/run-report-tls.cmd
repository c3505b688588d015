heddle run --sched=rr --report-tls tls.wat && heddle run --sched=rr tls.wat
