heddle wast garbage.bin
