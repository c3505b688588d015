heddle wast passing.wast
