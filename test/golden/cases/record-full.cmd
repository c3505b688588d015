heddle wast --sched=rr --record=/dev/full lost-update.wast
