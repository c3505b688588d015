heddle wast empty
