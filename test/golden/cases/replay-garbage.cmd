heddle replay garbage.bin; heddle replay nowhere.trace
