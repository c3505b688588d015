heddle wast --sched=rr:1 lost-update.wast >/dev/null 2>&1; echo >>lost-update.wast; heddle replay heddle.trace
