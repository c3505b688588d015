heddle wast --schedule="0*3,1*3,2*4,1*2,0*5" lost-update.wast
