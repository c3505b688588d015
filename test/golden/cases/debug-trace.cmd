heddle wast --sched=rr --record=d.trace deadlock.wast >/dev/null 2>&1
printf 'n 2\ng end\nwhy\nwhy 1\nagents\nqueues\nbt 1\nl 1\nu\nsave e.trace\nq\n' | heddle debug d.trace
heddle trace e.trace 2>&1 | tail -n 3
