heddle wast --sched=rr spin.wast
