printf "(module (\033[2Jfrob))" >"$SCRATCH/x.wat"
heddle validate - <"$SCRATCH/x.wat"
