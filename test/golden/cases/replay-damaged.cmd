heddle wast --sched=rr:1 lost-update.wast >/dev/null 2>&1; printf x | dd of=heddle.trace bs=1 seek=40 conv=notrunc 2>/dev/null; heddle replay heddle.trace
