for n in 0 -0 0.1 16777216 1e10 3.4028235e38 1e-45 0x1.8p3 inf -inf nan -nan nan:0x200000 0.3333333333; do
    heddle run functions.wat --invoke f32 "$n"
done
