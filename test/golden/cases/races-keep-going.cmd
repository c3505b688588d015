heddle wast --sched=random --runs=20 --keep-going racy.wast
