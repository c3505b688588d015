heddle wast --sched=rr racy.wast
