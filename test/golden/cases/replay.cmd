heddle wast --sched=random --runs=50 --jobs=1 lost-update.wast >/dev/null 2>&1; heddle replay heddle.trace
