#!/usr/bin/env bash
# What the race detector costs: the programs of `make bench`, with everything in one shared memory, under --sched=rr
# without and with the detector.
#
#   bench/races.sh HEDDLE [DIR [PROGRAM...]]    DIR: where the modules are (default: bench)
#
# Columns: user time in seconds without and with it, the least of five runs in turns, and their ratio; last the
# geometric mean of the ratios. DIVISOR=N makes a 1/N of the work.
set -euo pipefail
export LC_ALL=C

case ${1:---help} in
-h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
heddle=$1
modules=${2:-bench}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "$heddle" ] || {
    echo "races.sh: no program $heddle" >&2
    exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# share MODULE: writes it with its memory shared, of at most 64 MiB.
# shellcheck disable=SC2016 # perl's dollars
share() {
    perl -e '
        local $/; binmode STDIN; binmode STDOUT;
        my $in = <STDIN>;
        my $at = 8;
        sub leb { my ($n, $s, $b) = (0, 0); do { $b = ord substr $in, $at++, 1; $n |= ($b & 127) << $s; $s += 7 } while $b > 127; $n }
        sub enc { my $n = shift; my $out = ""; do { my $b = $n & 127; $n >>= 7; $out .= chr($b | ($n ? 128 : 0)) } while $n; $out }
        print substr $in, 0, 8;
        while ($at < length $in) {
            my $id = ord substr $in, $at++, 1;
            my $size = leb();
            my $body = substr $in, $at, $size;
            $at += $size;
            if ($id == 5) {
                die "no memory of one kind" unless $body =~ /^\x01\x00/;
                $body = "\x01\x03" . substr($body, 2) . enc(1024);
            }
            print chr($id), enc(length $body), $body;
        }' <"$1"
}

# seconds FILE COMMAND...: appends the user time.
seconds() {
    local file=$1 TIMEFORMAT=%U
    shift
    { time "$@" >/dev/null; } 2>>"$file"
}

printf '%-12s %8s %8s %6s\n' program off on ratio
while read -r name argument _; do
    case $name in '' | '#'*) continue ;; esac
    if [ $# -gt 2 ]; then
        case " ${*:3} " in *" $name "*) ;; *) continue ;; esac
    fi
    case $name in fib | ackermann) ;; *) argument=$(((argument + ${DIVISOR:-1} - 1) / ${DIVISOR:-1})) ;; esac
    share "$modules/$name.wasm" >"$work/shared.wasm"
    rm -f "$work/off" "$work/error"
    for _ in 1 2 3 4 5; do
        for races in off error; do
            seconds "$work/$races" "$heddle" run --sched=rr --races=$races "$work/shared.wasm" --invoke run "$argument"
        done
    done
    echo "$name $(sort -n "$work/off" | head -1) $(sort -n "$work/error" | head -1)"
done <"$here/programs/list" |
    awk '{ printf "%-12s %8.3f %8.3f %6.2f\n", $1, $2, $3, $3 / $2; sum += log($3 / $2); n++ }
        END { if (n) printf "%-12s %24.2f\n", "mean", exp(sum / n) }'
