heddle wast x.wast --repeat
