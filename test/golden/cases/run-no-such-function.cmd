heddle run functions.wat --invoke sub 1 2
