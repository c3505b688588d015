heddle wast --schedule="0,x" lost-update.wast
heddle wast --schedule="0!,1!,0*9" lost-update.wast
