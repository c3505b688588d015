try() { heddle run "$@" 2>&1 | head -n 1; }
try --instances=2 functions.wat --invoke add 1 2
try --agent=number agents.wat
try --agent='number x' agents.wat
try --agent='number 1 2' agents.wat
try --agent= agents.wat
try --agent='nothing 1' agents.wat
try --max-agents=2 --instances=3 agents.wat --invoke number 1
try --spawn-import=env.start --spawn-export=nothing outside.wat
try --spawn-import=env.start --spawn-export=_start outside.wat
try --instances=2 lld.wat --agent-stack=1000000 --invoke where
