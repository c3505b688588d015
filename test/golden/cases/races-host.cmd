heddle run --sched=rr host-race.wat; heddle replay heddle.trace
