heddle run - --invoke add 1 2 <functions.wat
