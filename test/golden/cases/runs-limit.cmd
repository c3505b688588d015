# Of many runs each has a limit on events, unless another one is set.
for steps in '' --steps=1000; do
    heddle run --sched=rr --runs=2 --jobs=1 --races=off $steps counts-for-ever.wat --agent 'count 0'
    echo "exit status $?"
done
