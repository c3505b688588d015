. lines/compile
for version in 4 5; do
    compile trap -gdwarf-$version
    heddle run "$SCRATCH/trap.wasm" --invoke average 0 2>&1 | hide_offsets | sed 's/^.*trap.wasm/trap.wasm/'
done
