heddle wast phases.wast
