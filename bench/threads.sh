#!/usr/bin/env bash
# Times atomic additions by several agents at once: one agent alone, N agents on one counter, and N
# agents on a counter each, 128 bytes apart. Wall time, median of five runs.
#
# usage: bench/threads.sh HEDDLE [N [K]]     N agents (2), K additions each (10000000)
#        bench/threads.sh --script STRIDE N K   prints the .wast script and leaves
set -u
export LC_ALL=C

here=$(dirname "${BASH_SOURCE[0]}")
distance=128 # two cache lines, because some processors fetch them in pairs
runs=5

fail() { # STATUS MESSAGE
    echo "bench/threads.sh: $2" >&2
    exit "$1"
}

# A script in which `agents` threads add `count` times, each to the counter `stride` bytes after
# that of the one before it; then it checks the counters.
# shellcheck disable=SC2016 # the dollar signs are WebAssembly's
script() { # STRIDE AGENTS COUNT
    local stride=$1 agents=$2 count=$3 i module
    module=$(grep -v '^;;' "$here/threads.wat")
    printf '%s\n' '(module $Mem (memory (export "memory") 1 1 shared))'
    for ((i = 0; i < agents; i++)); do
        printf '\n(thread $T%d (shared (module $Mem))\n(register "env" $Mem)\n' "$i"
        printf '%s\n(invoke "add" (i32.const %d) (i32.const %d)))\n' \
            "$module" $((i * stride)) "$count"
    done
    echo
    for ((i = 0; i < agents; i++)); do printf '(wait $T%d)\n' "$i"; done
    printf '\n(register "env" $Mem)\n%s\n' "$module"
    if [ "$stride" -eq 0 ]; then
        expect 0 $((agents * count & 0xffffffff))
    else
        for ((i = 0; i < agents; i++)); do expect $((i * stride)) "$count"; done
    fi
}

expect() { # ADDRESS VALUE
    printf '(assert_return (invoke "get" (i32.const %d)) (i32.const %d))\n' "$1" "$2"
}

wall_time() { # SCRIPT: prints the seconds that the engine takes
    local TIMEFORMAT=%3R
    { time "$heddle" wast "$1" </dev/null >"$scratch/output" 2>&1; } 2>&1 || {
        head -n 5 "$scratch/output" >&2
        return 1
    }
}

median() { # reads a number per line, an odd number of them
    sort -n | sed -n "$(((runs + 1) / 2))p"
}

case ${1-} in
--script)
    [ $# -eq 4 ] || fail 2 'usage: bench/threads.sh --script STRIDE N K'
    script "$2" "$3" "$4"
    exit
    ;;
'' | -*) fail 2 'usage: bench/threads.sh HEDDLE [N [K]]' ;;
esac
heddle=$1
agents=${2-2}
count=${3-10000000}
[ -n "$(type -P -- "$heddle")" ] || fail 3 "there is no engine '$heddle'"
[[ $agents =~ ^[1-9][0-9]{0,2}$ && $agents -le $((65536 / distance)) ]] ||
    fail 2 "N is a number of agents from 1 to $((65536 / distance)), not '$agents'"
[[ $count =~ ^[1-9][0-9]{0,8}$ ]] || fail 2 "K is a number from 1 to 999999999, not '$count'"

scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
script 0 1 "$count" >"$scratch/alone.wast"
script 0 "$agents" "$count" >"$scratch/together.wast"
script $distance "$agents" "$count" >"$scratch/apart.wast"

for ((run = 0; run < runs; run++)); do
    for name in alone together apart; do
        wall_time "$scratch/$name.wast" >>"$scratch/$name" || fail 1 "$heddle fails on $name.wast"
    done
done

printf '%d additions by each agent, wall time in seconds, median of %d\n\n' "$count" "$runs"
alone=$(median <"$scratch/alone")
row() { # TITLE SECONDS
    awk -v title="$1" -v t="$2" -v one="$alone" 'BEGIN {
        ratio = one > 0 ? sprintf("x%.2f", t / one) : "-"
        printf "%-28s %8.3f  %6s\n", title, t, ratio }'
}
row '1 agent' "$alone"
row "$agents agents, one counter" "$(median <"$scratch/together")"
row "$agents agents, a counter each" "$(median <"$scratch/apart")"
