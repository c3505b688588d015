heddle run mismatch.wat
