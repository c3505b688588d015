heddle wast --sched=rr --races=off racy.wast
