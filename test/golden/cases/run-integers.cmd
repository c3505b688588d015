for n in 0 -1 9223372036854775807 -0x8000000000000000 0xffffffffffffffff 1_000; do
    heddle run functions.wat --invoke i64 "$n"
done
