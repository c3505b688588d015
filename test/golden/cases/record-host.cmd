heddle wast --record=t lost-update.wast
