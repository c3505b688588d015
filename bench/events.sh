#!/usr/bin/env bash
# Events per second of controlled runs: two agents, each with one shared word of its own, which it
# increments atomically K times.
#
#   bench/events.sh HEDDLE [K]      K: default 3000000
#
# Prints the median of five for a switch at every event (rr:1), for long moves (rr), and for a random
# walk, each without and with the race detector.
# shellcheck disable=SC2016 # $ names things of the script
set -euo pipefail

case ${1:---help} in
-h | --help)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
heddle=$1
count=${2:-3000000}
[ -x "$heddle" ] || {
    echo "events.sh: no program $heddle" >&2
    exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# script COUNT: two agents that count so far.
script() {
    echo '(module $Memory (memory (export "memory") 1 1 shared))'
    local agent
    for agent in 0 1; do
        cat <<EOF
(thread \$T$agent (shared (module \$Memory))
  (register "shared" \$Memory)
  (module (memory (import "shared" "memory") 1 1 shared)
    (func (export "run") (param \$n i32)
      (loop \$again
        (drop (i32.atomic.rmw.add (i32.const $((agent * 128))) (i32.const 1)))
        (br_if \$again (local.tee \$n (i32.sub (local.get \$n) (i32.const 1)))))))
  (invoke "run" (i32.const $1)))
EOF
    done
    printf '(wait $T0)\n(wait $T1)\n'
}

# seconds ARGUMENT...: median wall time of five runs of heddle wast.
seconds() {
    TIMEFORMAT=%R
    for _ in 1 2 3 4 5; do
        { time "$heddle" wast "$@" >/dev/null; } 2>&1
    done | sort -n | sed -n 3p
}

script "$count" >"$work/events.wast"
printf '%-10s %14s %14s\n' strategy 'events/s' 'with detector'
for strategy in rr:1 rr random; do
    plain=$(seconds --sched="$strategy" --races=off "$work/events.wast")
    races=$(seconds --sched="$strategy" --races=error "$work/events.wast")
    awk -v s="$strategy" -v n="$((2 * count))" -v p="$plain" -v r="$races" \
        'BEGIN { printf "%-10s %12.1f M %12.1f M\n", s, n / p / 1e6, n / r / 1e6 }'
done
