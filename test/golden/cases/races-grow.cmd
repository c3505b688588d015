heddle wast --sched=rr grow-link.wast && heddle wast --sched=rr --race-model=strict grow-link.wast
