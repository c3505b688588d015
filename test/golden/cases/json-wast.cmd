heddle wast --sched=random --runs=5 --keep-going --json racy.wast >out
echo "exit status $?"
sed 's/"seconds":.*/"seconds":	0,/' out
