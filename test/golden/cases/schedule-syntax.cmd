heddle wast --schedule="0!,x" lost-update.wast
