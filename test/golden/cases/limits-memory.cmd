# Under control a growth never fails because the host has too little memory.
if grep -q '__[at]san_init' "$BINARY"; then
    echo "sanitizers take memory of their own" >&2
    exit 77
fi
heddle run --sched=rr --max-memory=200M grow.wat --invoke grow 2>&1 >/dev/null; heddle run --sched=rr --max-memory=200M grow.wat --invoke grow >/dev/null 2>&1; echo "exit status $?"
heddle run --sched=rr --record=t grow.wat --invoke grow; echo "exit status $?"
(ulimit -d 200000; heddle replay t >/dev/null 2>&1; echo "exit status $?")
for size in 0 12X M 99999999999999999G; do heddle run --max-memory=$size grow.wat 2>&1 | head -n 1; done
