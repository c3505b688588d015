heddle wast --sched=random --runs=1000 --jobs=1 lost-update.wast
