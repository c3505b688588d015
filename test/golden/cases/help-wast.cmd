heddle wast --help
