#!/usr/bin/env bash
# What it costs that a computation is observed although it touches nothing shared: the programs of
# `make bench`, on a host thread and under control.
#
#   bench/private.sh HEDDLE [DIR [PROGRAM...]]    DIR: where the modules are (default: bench)
#
# Three columns of median user time in seconds, of seven runs in turns: *host*, on a host thread; *controlled*,
# the same module under --sched=rr, which is left alone but for a look now and then; *observed*, the module
# with a shared memory beside its own, so that its code is the observed flavour. And their ratios to *host*.
set -euo pipefail
export LC_ALL=C

case ${1:---help} in
-h | --help)
    sed -n '2,11s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
heddle=$1
modules=${2:-bench}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "$heddle" ] || {
    echo "private.sh: no program $heddle" >&2
    exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# share MODULE: writes it with one more memory, which is shared.
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
                die "more than one memory" unless ord($body) == 1;
                $body = chr(2) . substr($body, 1) . "\x03\x01\x01";
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

median() {
    sort -n "$1" | sed -n 4p
}

printf '%-12s %8s %10s %6s %9s %6s\n' program host controlled '' observed ''
while read -r name argument _; do
    case $name in '' | '#'*) continue ;; esac
    if [ $# -gt 2 ]; then
        case " ${*:3} " in *" $name "*) ;; *) continue ;; esac
    fi
    share "$modules/$name.wasm" >"$work/shared.wasm"
    rm -f "$work/host" "$work/controlled" "$work/observed"
    for _ in 1 2 3 4 5 6 7; do
        seconds "$work/host" "$heddle" run "$modules/$name.wasm" --invoke run "$argument"
        seconds "$work/controlled" "$heddle" run --sched=rr "$modules/$name.wasm" --invoke run "$argument"
        seconds "$work/observed" "$heddle" run --sched=rr "$work/shared.wasm" --invoke run "$argument"
    done
    awk -v n="$name" -v h="$(median "$work/host")" -v c="$(median "$work/controlled")" \
        -v o="$(median "$work/observed")" \
        'BEGIN { printf "%-12s %8.3f %10.3f %6.2f %9.3f %6.2f\n", n, h, c, c / h, o, o / h }'
done <"$here/programs/list"
