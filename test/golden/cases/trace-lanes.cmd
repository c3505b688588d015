# Lanes: columns with words, columns of marks where there are many agents, parts of a run, colour on a terminal.
heddle wast --schedule='0*3,1*3,2*2,1,2*2,1' --record=t lost-update.wast >/dev/null 2>&1
heddle trace --format=lanes t
heddle trace --format=lanes --around=8 --context=1 t
heddle run --sched=rr --record=r threads.wat
heddle trace --format=lanes r
heddle run --sched=random --seed=3 --max-agents=5 --record=f many.wat 2>/dev/null
heddle trace --format=lanes f
heddle run --sched=random --seed=3 --record=m many.wat 2>/dev/null
heddle trace --format=lanes m | sed -n '14,22p; $p'
heddle wast --schedule='0*3,1*2,2*2,1' --record=c racy.wast >/dev/null 2>&1
TERM=xterm script -qec "heddle trace --format=lanes --around=6 --context=1 c" /dev/null | sed "s/$(printf '\033')/ESC/g" | tr -d '\r'
for trace in t r f m c; do heddle trace --format=lanes $trace | awk 'length > 80'; done
