# The event graph of a race: program order, what was read from what, what synchronizes, and what does not.
heddle wast --schedule='0*3,1*2,2*2,1' --record=t racy.wast >/dev/null 2>&1
heddle trace --format=svg t
heddle run --sched=rr --record=r threads.wat
heddle trace --format=svg --around=8 --context=2 r | grep '<path'
