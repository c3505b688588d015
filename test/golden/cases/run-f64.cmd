for n in 0.1 0.30000000000000004 1e300 5e-324 123456789 1e22 -inf nan:0x1 -nan:0xfffffffffffff; do
    heddle run functions.wat --invoke f64 "$n"
done
