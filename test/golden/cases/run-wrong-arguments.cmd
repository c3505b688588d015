for arguments in "i64 x" "i64 0x1ffffffffffffffff" "f32 1e99" "f64 1,5" "v128 5" "v128 i32x4:1,2,3" \
    "v128 i32x4:1,2,3,4,5" "v128 i8x16:256,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0" "func 1" "extern -1" "add 1" "add 1 2 3"; do
    # shellcheck disable=SC2086
    heddle run functions.wat --invoke $arguments
    echo $?
done
