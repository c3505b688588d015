heddle run no-functions.wat
