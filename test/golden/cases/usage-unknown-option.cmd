heddle run --frob x.wat
