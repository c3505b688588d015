heddle run --invoke add functions.wat --timeout 10 0x10 --stack=4096 -1
