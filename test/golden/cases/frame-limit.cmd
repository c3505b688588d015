# A function whose frame is too large is refused when its module is read, by its name.
module() {
    echo "(module (func \$big (export \"f\") (local $(printf "%0$1d" 0 | sed 's/0/i32 /g'))) (func (export \"g\") (call \$big)))"
}
module 32759 >"$SCRATCH/fits.wat"
module 32760 >"$SCRATCH/big.wat"
cd "$SCRATCH"
heddle validate fits.wat big.wat
heddle run fits.wat --invoke g && heddle run big.wat --invoke g
