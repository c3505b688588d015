heddle wast --sched=rr:0 spin.wast
