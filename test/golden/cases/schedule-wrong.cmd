heddle wast --schedule="0!,7" lost-update.wast
