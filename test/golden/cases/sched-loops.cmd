heddle wast --sched=random loops.wast
heddle replay heddle.trace
