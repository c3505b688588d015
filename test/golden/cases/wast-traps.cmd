heddle wast traps.wast
