heddle wast results.wast
