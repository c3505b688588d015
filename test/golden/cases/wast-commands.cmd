heddle wast commands.wast
