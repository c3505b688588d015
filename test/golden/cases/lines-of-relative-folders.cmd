. lines/compile
for folder in . ./lines/.. /; do
    compile trap "-fdebug-compilation-dir=$folder" "-fdebug-prefix-map=lines/trap.c=./lines/trap.c"
    heddle run "$SCRATCH/trap.wasm" --invoke average 0 2>&1 | hide_offsets | grep inlined
done
