heddle wast --sched=pct:2 --length=8 --runs=100 --keep-going --jobs=1 lost-update.wast
