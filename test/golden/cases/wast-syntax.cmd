heddle wast unclosed.wast
