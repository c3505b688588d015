heddle run functions.wat
