heddle validate garbage.bin
