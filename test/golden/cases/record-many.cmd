heddle wast --sched=rr --runs=2 --record=t lost-update.wast
