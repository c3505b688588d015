heddle wast --sched=random --runs=200 --keep-going --jobs=1 lost-update.wast
