heddle run functions.wat --invoke add 1 2 >/dev/full
