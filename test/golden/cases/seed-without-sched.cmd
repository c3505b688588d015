heddle run --seed=1 functions.wat --invoke add 1 2
heddle wast --seed=0 passing.wast
heddle run --seed=1 --sched=rr functions.wat --invoke add 1 2
