# Beyond the limit on sizes of files, writing fails; no signal ends the program.
if grep -q __tsan_init "$BINARY"; then
    echo "ThreadSanitizer writes a file of its own before the program begins" >&2
    exit 77
fi
(ulimit -f 1 && heddle run --help >"$SCRATCH/help")
echo "stdout: $?"
(ulimit -f 0 && heddle run --sched=rr --record="$SCRATCH/t" functions.wat --invoke add 1 2 2>/dev/null)
echo "trace: $?"
