heddle run --invoke add -- functions.wat 1 2
