heddle run functions.wat --invoke add 2 -3
