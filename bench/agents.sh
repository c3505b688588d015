#!/usr/bin/env bash
# What control and the race detector cost programs of four agents with locks: those of bench/agents/.
#
#   bench/agents.sh HEDDLE [STRATEGY [PROGRAM...]]      STRATEGY: default rr
#
# Columns: user time in seconds on host threads, under --sched=STRATEGY without the detector and with it, the least of
# five runs in turns; the ratio of the last two, and last its geometric mean. $WASM_CC and $WASM_LD compile (clang,
# wasm-ld); SIZES=N makes N times the work.
set -euo pipefail
export LC_ALL=C

case ${1:---help} in
-h | --help)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
heddle=$1
strategy=${2:-rr}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "$heddle" ] || {
    echo "agents.sh: no program $heddle" >&2
    exit 2
}
programs=("${@:3}")
[ "${#programs[@]}" -gt 0 ] || programs=(accounts blocks histogram sorted tree)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile SOURCE TO OPTION...: one object of four agents.
compile() {
    local source=$1 to=$2
    shift 2
    "${WASM_CC:-clang}" --target=wasm32-unknown-unknown -matomics -mbulk-memory "$@" -c "$source" -o "$to"
}

# build NAME: a program over a memory of at most 16 MiB.
build() {
    local flags=(-std=c11 -O2 -ffreestanding -DAGENTS=4 -DSPAWN_EVENTS=20 -DTIMES="${SIZES:-1}")
    compile "$here/agents/$1.c" "$work/$1.o" "${flags[@]}"
    compile "$here/strategies/runtime.c" "$work/runtime.o" "${flags[@]}"
    compile "$here/strategies/start.s" "$work/start.o"
    "${WASM_LD:-wasm-ld}" --no-entry --shared-memory --import-memory --max-memory=16777216 \
        "$work/$1.o" "$work/runtime.o" "$work/start.o" -o "$work/$1.wasm"
}

# seconds FILE COMMAND...: appends the user time.
seconds() {
    local file=$1 TIMEFORMAT=%U
    shift
    { time "$@" >/dev/null; } 2>>"$file"
}

least() {
    sort -n "$1" | head -1
}

printf '%-12s %8s %8s %8s %6s\n' program plain off on ratio
for name in "${programs[@]}"; do
    build "$name"
    rm -f "$work/plain" "$work/off" "$work/error"
    for _ in 1 2 3 4 5; do
        seconds "$work/plain" "$heddle" run "$work/$name.wasm"
        for races in off error; do
            seconds "$work/$races" "$heddle" run --sched="$strategy" --races=$races "$work/$name.wasm"
        done
    done
    echo "$name $(least "$work/plain") $(least "$work/off") $(least "$work/error")"
done |
    awk '{ printf "%-12s %8.3f %8.3f %8.3f %6.2f\n", $1, $2, $3, $4, $4 / $3; sum += log($4 / $3); n++ }
        END { if (n) printf "%-12s %33.2f\n", "mean", exp(sum / n) }'
