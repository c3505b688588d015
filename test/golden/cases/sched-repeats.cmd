# In turns, for ever; other schedules end. A replay says the same.
heddle run --sched=rr:1 --record=turns.trace back-off.wat --agent 'both 0 4' --agent 'both 4 0'
echo "exit status $?"
heddle replay turns.trace
echo "exit status $?"
heddle run --sched=rr:3 back-off.wat --agent 'both 0 4' --agent 'both 4 0'
echo "exit status $?"
heddle run --sched=random --runs=20 back-off.wat --agent 'both 0 4' --agent 'both 4 0'
echo "exit status $?"
