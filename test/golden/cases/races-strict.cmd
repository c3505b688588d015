heddle run --sched=rr --race-model=strict flag-fence.wat
