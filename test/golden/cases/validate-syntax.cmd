heddle validate syntax.wat
