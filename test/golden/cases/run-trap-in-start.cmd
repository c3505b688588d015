heddle run start-trap.wat
