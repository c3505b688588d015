heddle run hello.wat
