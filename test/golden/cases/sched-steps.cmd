heddle wast --sched=rr --steps=1000 spin.wast
