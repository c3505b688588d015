heddle run functions.wat --invoke nothing
