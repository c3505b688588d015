# In JSON, the characters that may stand in it as they are and that a terminal would obey are escaped too.
heddle validate --json hostile/import.wasm "$(printf '\033\177\302\233\342\200\256\377')"
heddle run --sched=rr --json hostile/race.wasm
heddle run --sched=rr --json hostile/dead.wasm
