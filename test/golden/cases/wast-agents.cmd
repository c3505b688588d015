heddle wast agents.wast
