heddle wast --timeout=1 deadlock.wast
