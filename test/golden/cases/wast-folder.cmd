heddle wast tree
