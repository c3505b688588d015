heddle run functions.wat --invoke swap 1 0.5
