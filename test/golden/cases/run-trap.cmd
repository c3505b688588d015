heddle run functions.wat --invoke "out of bounds"
