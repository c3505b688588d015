# What a trace was recorded of may lie elsewhere now; a refusal says what was looked for, and where.
heddle run --sched=rr --record=t waits.wat --invoke wait -1 >/dev/null 2>&1
mkdir elsewhere && mv waits.wat elsewhere/
heddle replay t 2>&1 | sed "s#in /.*/input,#in FOLDER,#"
heddle replay --module=elsewhere/waits.wat t 2>&1 | head -n 1
heddle shrink --module=elsewhere/waits.wat -o s t >/dev/null 2>&1; echo "exit status $?"
heddle replay --module=up.wat t 2>&1 | head -n 1
# A replay touches nothing outside but what the user names: not even of moves that somebody wrote.
mkdir inside && echo victim >inside/victim
echo "s $SCRATCH/moves" | heddle step --dir=inside::/ create.wat >/dev/null
heddle replay "$SCRATCH/moves"; ls inside
heddle replay --dir=inside::/ "$SCRATCH/moves"; ls inside
