# Of split debug information the module has the lines alone; that functions are missing is told.
. lines/compile
cd "$SCRATCH" || exit 1
cp -r "$OLDPWD/lines" .
for version in 4 5; do
    compile trap -gdwarf-$version -gsplit-dwarf
    heddle run trap.wasm --invoke average 0 2>&1 | hide_offsets
done
