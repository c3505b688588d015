# A time limit ends instructions and calls of the host that take long.
for how in "" --sched=rr "--sched=rr --races=off"; do
    heddle run --timeout=0.1 $how long.wat --invoke fill 2>&1 | sed -n 1p
    heddle run --timeout=0.1 $how long.wat --invoke copy 2>&1 | sed -n 1p
    heddle run --timeout=0.1 $how long.wat --invoke chance 2>&1 | sed -n 1p
done
# Beyond the limit of a program agents are refused, which it is told of; equal ones are summed up.
heddle run --sched=rr --max-agents=9 many.wat; echo "exit status $?"
# Agents that share nothing.
heddle run --sched=rr own-memory.wat; echo "exit status $?"
