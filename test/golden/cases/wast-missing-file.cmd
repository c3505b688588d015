heddle wast no-such-file.wast passing.wast ""
