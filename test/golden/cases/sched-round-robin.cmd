heddle wast --sched=rr lost-update.wast && heddle wast --sched=rr:1 lost-update.wast
