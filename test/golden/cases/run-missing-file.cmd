heddle run no-such-file.wat
