# The others have their turn before the program ends: it is seen that they race.
heddle run --sched=rr end-race.wat 2>&1 | head -n 1
heddle run --sched=rr exit-race.wat 2>&1 | head -n 1
