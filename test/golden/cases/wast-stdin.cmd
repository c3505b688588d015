heddle wast - <passing.wast
