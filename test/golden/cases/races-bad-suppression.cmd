heddle wast --sched=rr --suppress=0 racy.wast
