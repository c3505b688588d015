heddle wast --sched=rr --steps=1200 spin.wast
