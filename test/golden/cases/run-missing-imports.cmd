heddle run missing.wat
