heddle wast --sched=random --seed=0 lost-update.wast >/dev/null 2>&1; heddle shrink -o short heddle.trace && heddle replay short
