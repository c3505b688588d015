heddle run --agent=wait --agent=fall --agent=wait agents.wat; echo "exit status $?"
heddle run --sched=rr --agent='number 1' --agent=fall --agent=fall agents.wat; echo "exit status $?"
