# Names that a terminal would obey: C0, C1, a direction of text, the end of a line.
heddle validate hostile/import.wasm
heddle run hostile/trap.wasm
heddle run hostile/import.wasm
heddle run --timeout=0.01 hostile/loop.wasm
heddle run hostile/trap.wasm --invoke nope
heddle run --sched=rr --record=race.trace hostile/race.wasm
heddle run --sched=rr --record=dead.trace hostile/dead.wasm
heddle run --sched=random --runs=2 --jobs=1 hostile/race.wasm
heddle run --sched=random --runs=2 --jobs=1 --keep-going hostile/race.wasm
heddle replay race.trace
heddle replay dead.trace
heddle step --script='0;c' hostile/race.wasm
x=$(printf '\033[31m\302\233\342\200\256\377')
heddle run --agent="$x" --agent="$(printf 'x\033[31mRED\033[0m\007\302\23331m\342\200\256\n/')" hostile/trap.wasm
