heddle wast --sched=random --runs=100 --keep-going racy.wast 2>/dev/null
