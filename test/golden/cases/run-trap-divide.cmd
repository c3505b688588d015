heddle run functions.wat --invoke divide 0
