# A script, whose assertion may fail in executions that no order of the accesses explains.
heddle explore --weak --dot=weak.dot weak-message.wast; echo "exit status $?"
cat weak.dot
# The same with atomic accesses of the flag.
sed -e '/const 4/s/i32\.load/i32.atomic.load/' -e '/const 4/s/i32\.store/i32.atomic.store/' weak-message.wast >atomic.wast
heddle explore --weak atomic.wast; echo "exit status $?"
# Programs: their results are the outcomes.
heddle explore --weak --json --agent=store-x --agent=store-y weak.wat
heddle explore --weak --agent=put-ones --agent=put-twos --agent=get-half weak.wat; echo "exit status $?"
heddle explore --weak --agent=put-float --agent=get-float weak.wat | tail -n 2
heddle explore --weak --agent=fill --agent=copy weak.wat | tail -n 2
heddle explore --weak --agent=set-both --agent=trap weak.wat | grep -v ' in '
heddle explore --weak --agent=store-x weak.wat; echo "exit status $?"
# What is too large, and what is outside the model.
for what in many long grow notify; do heddle explore --weak --agent=store-x --agent=$what weak.wat; echo "exit status $?"; done
heddle explore --weak --json --agent=store-x --agent=notify weak.wat; echo "exit status $?"
heddle explore --weak --dot=none/weak.dot weak-message.wast; echo "exit status $?"
