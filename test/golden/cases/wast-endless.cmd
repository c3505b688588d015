heddle wast --timeout=1 endless.wast tree
