heddle wast --sched=rr --races=warn racy.wast
