heddle run functions.wat 1 2
