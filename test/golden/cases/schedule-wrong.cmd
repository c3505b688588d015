heddle wast --schedule="0*2,7" lost-update.wast
