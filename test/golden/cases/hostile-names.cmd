# The same of names of files, options and orders.
name=$SCRATCH/$(printf '\033[31m\302\233\342\200\256\377\n.wast')
{
    cp passing.wast "$name"
    heddle wast "$name"
    cp results.wast "$name"
    heddle wast "$name"
    heddle wast --timeout=0.01 "$(cp wait-for-ever.wast "$name" && echo "$name")"
    cp racy.wast "$name"
    heddle wast --sched=rr --record="$name.trace" "$name"
    heddle replay "$name.trace" >replayed; head -n 1 replayed
    heddle shrink -o "$name.trace" "$name.trace"
    rm "$name"
    heddle replay "$name.trace"
    heddle wast "$name"
    heddle run "$name"
    heddle validate "$name"
    heddle replay "$name"
    heddle step --script="0;$name;q" racy.wast
    heddle "$name"
    heddle run "--$name"
    heddle run --stack="$name" wasi.wat
    heddle run --sched="$name" wasi.wat
    heddle run --dir="$name" wasi.wat
    heddle run --stdin="$name" wasi.wat
    heddle run functions.wat --invoke "$name"
    heddle run functions.wat --invoke add 1 "$name"
} 2>&1 | sed "s#$SCRATCH#SCRATCH#g"
