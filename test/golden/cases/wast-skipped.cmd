heddle wast skipped.wast; heddle wast --json skipped.wast | grep skipped
