heddle run --sched=rr --races-fail-on=note plain-read.wat; echo "status $?"; heddle replay heddle.trace >out 2>&1; grep last out; heddle run --sched=rr --race-model=strict plain-read.wat
