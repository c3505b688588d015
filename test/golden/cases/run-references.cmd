heddle run functions.wat --invoke extern 7
heddle run functions.wat --invoke extern null
heddle run functions.wat --invoke func null
heddle run functions.wat --invoke self
