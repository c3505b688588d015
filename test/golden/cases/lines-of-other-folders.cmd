. lines/compile
compile trap "-fdebug-prefix-map=$PWD=/build/project"
for path in /build/project= /build=/src /build/project/lines=lines /no=/ /build/pro=/never "/build/project=$PWD"; do
    echo "$path" | sed "s|$PWD|HERE|"
    heddle run "--source-path=$path" "$SCRATCH/trap.wasm" --invoke average 0 2>&1 | hide_offsets | grep inlined
done
heddle run --source-path=/build --source-path==x "$SCRATCH/trap.wasm"
