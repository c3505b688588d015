heddle run --timeout=1 wait.wat
