heddle wast --sched=rr wait-for-ever.wast
