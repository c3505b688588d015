heddle wast --repeat=10 passing.wast
