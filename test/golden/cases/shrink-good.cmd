heddle wast --sched=rr --record=t lost-update.wast >/dev/null 2>&1; heddle shrink t
