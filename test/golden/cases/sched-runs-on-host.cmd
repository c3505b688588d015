heddle wast --runs=3 spin.wast
