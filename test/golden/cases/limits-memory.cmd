# Under control a growth never fails because the host has too little memory.
if grep -q '__[at]san_init' "$BINARY"; then
    echo "sanitizers take memory of their own" >&2
    exit 77
fi
limit=--max-memory=200M
for command in "run --sched=rr" "run --runs=2"; do
    heddle $command $limit grow.wat --invoke grow 2>&1; echo "exit status $?"
done
(ulimit -d 200000; heddle explore grow.wat --invoke grow 2>&1; echo "exit status $?")
ls heddle*.trace 2>/dev/null
printf '%s' '(module $m (memory 1 60000 shared) (func (export "grow") (result i32) (memory.grow (i32.const 9000))))
(assert_return (invoke "grow") (i32.const 1))' >grow.wast
heddle wast --sched=rr $limit grow.wast 2>&1; echo "exit status $?"
heddle run --sched=rr --record=t grow.wat --invoke grow; echo "exit status $?"
(ulimit -d 200000; heddle replay t 2>&1; echo "exit status $?")
for size in 0 12X M 99999999999999999G; do heddle run --max-memory=$size grow.wat 2>&1 | head -n 1; done
