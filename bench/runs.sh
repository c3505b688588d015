#!/usr/bin/env bash
# Runs per second of processor time that `--runs` makes of small subjects, with the detector of races.
#
#   bench/runs.sh HEDDLE [BEFORE]      BEFORE: another build, which takes turns with the first
#
# Prints the median of five, for two strategies, of a script of two agents that store and load, and of a program that
# spawns two agents; with BEFORE, its number and the ratio, too. RUNS=N makes N runs each time (default: 20000).
set -euo pipefail
export LC_ALL=C

case ${1:---help} in
-h | --help)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
runs=${RUNS:-20000}
for heddle; do
    [ -x "$heddle" ] || {
        echo "runs.sh: no program $heddle" >&2
        exit 2
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016 # $ names things of the script
{
    echo '(module $Memory (memory (export "memory") 1 1 shared))'
    for agent in '$A 0 4' '$B 4 0'; do
        read -r name own other <<<"$agent"
        cat <<EOF
(thread $name (shared (module \$Memory))
  (register "shared" \$Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "run") (result i32)
      (i32.atomic.store (i32.const $own) (i32.const 1))
      (i32.atomic.load (i32.const $other))))
  (invoke "run"))
EOF
    done
    printf '(wait $A)\n(wait $B)\n'
} >"$work/sb.wast"
cat >"$work/spawn.wat" <<'EOF'
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param i32 i32)
    (drop (i32.atomic.rmw.add (local.get 1) (i32.const 1))))
  (func (export "_start")
    (drop (call $spawn (i32.const 0)))
    (drop (call $spawn (i32.const 4)))
    (i32.atomic.store (i32.const 8) (i32.const 1))))
EOF

# measure HEDDLE ARGUMENT...: prints the processor time, in seconds, of so many runs.
measure() {
    TIMEFORMAT='%U %S'
    { time "$@" --runs="$runs" --jobs=1 >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}
median() { # FILE
    sort -n "$1" | sed -n 3p
}

printf '%-22s %12s' 'runs a second' heddle
[ $# -lt 2 ] || printf ' %12s %8s' before ratio
echo
for case in 'wast random sb.wast' 'wast pct sb.wast' 'run random spawn.wat' 'run pct spawn.wat'; do
    read -r command strategy subject <<<"$case"
    rm -f "$work"/times.*
    for _ in 1 2 3 4 5; do
        i=0
        for heddle; do
            measure "$heddle" "$command" --sched="$strategy" "$work/$subject" >>"$work/times.$i"
            i=$((i + 1))
        done
    done
    printf '%-22s' "${subject%.*}, $strategy"
    for i in $(seq 0 $(($# - 1))); do median "$work/times.$i"; done | awk -v n="$runs" '
        { s[NR] = $1 } END { printf " %12.0f", n / s[1]; if (NR > 1) printf " %12.0f %8.1f", n / s[2], s[2] / s[1]; print "" }'
done
