try() { heddle run "$@" 2>&1 | head -n 1; }
try --agent=wait agents.wat --invoke number 1
try --agent=wait agents.wat 1
try --instances=0 agents.wat --invoke wait
try --max-agents=0 agents.wat --invoke wait
try --agent-stack=1 agents.wat --invoke wait
try --dir '' wasi.wat
try --dir ::guest wasi.wat
try --dir host:: wasi.wat
try --env NAME wasi.wat
try --env =value wasi.wat
try --spawn-import=start --spawn-export=agent wasi.wat
try --spawn-import=.start --spawn-export=agent wasi.wat
try --spawn-import=env. --spawn-export=agent wasi.wat
try --spawn-import=env.start wasi.wat
try --spawn-export=agent wasi.wat
try --stdin=empty -
try --sched=rr -
try --record=x wasi.wat
try --sched=host --runs=2 wasi.wat
