heddle wast --runs=64 --keep-going --races=off lost-update.wast
