# The first signal stops what runs, and tells all that a time limit tells.
command -v mkfifo >/dev/null || { echo "no mkfifo" >&2; exit 77; }
mkfifo started
# It waits for standard input, a FIFO into which nobody writes, once it has said that it runs.
stop() {
    "$BINARY" "$@" >out 2>err <>started &
    heddle=$!
    until grep -q '^up$' out 2>/dev/null; do kill -0 "$heddle" 2>/dev/null || break; done
    kill "-$signal" "$heddle"
    wait "$heddle"
    echo "exit status $?"
    cat out err
}
signal=TERM
stop run --sched=rr up.wat
heddle replay heddle.trace 2>&1 | head -n 2
