heddle wast --schedule="0!,1!,1,2!,2*2,1,0!,0!,0" lost-update.wast
