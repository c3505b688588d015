heddle run --sched=rr --agent=wait --agent='number 1' agents.wat; echo "exit status $?"
heddle run --sched=rr --main-cannot-block --agent=wait --agent='number 1' agents.wat; echo "exit status $?"
heddle run --sched=rr --main-cannot-block --agent='number 1' --agent=wait agents.wat; echo "exit status $?"
