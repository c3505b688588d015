# Waits, time-outs, notifies and spawns as text, JSON and a timeline; the same steps as everywhere.
heddle wast --schedule='0*3,1*2,1~' --record=t timed.wast >/dev/null 2>&1
heddle trace t
heddle run --sched=rr --record=r threads.wat
heddle trace r
heddle trace --format=json --around=4 --context=1 r
heddle trace --format=perfetto --around=2 --context=2 r
