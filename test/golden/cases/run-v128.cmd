for n in i8x16:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,-1 i16x8:1,2,3,4,5,6,7,0xffff i32x4:1,2,3,-4 \
    i64x2:1,-1 f32x4:1,nan,inf,0.5 f64x2:1,0.1; do
    heddle run functions.wat --invoke v128 "$n"
done
