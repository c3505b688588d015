heddle wast --sched=fair spin.wast
