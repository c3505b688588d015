# A picture, where Graphviz is installed.
if ! command -v dot >/dev/null; then
    echo "there is no program dot (on Debian: apt install graphviz)" >&2
    exit 77
fi
heddle explore --picture=race.svg --agent=t0 --agent=t1 racy-pair.wat >/dev/null 2>&1
grep -c '<g id="node' race.svg
heddle trace --picture=no/where.svg heddle.trace >/dev/null 2>"$SCRATCH/said" || grep -o 'error: pictures.*' "$SCRATCH/said"
