heddle wast --repeat=-1 x.wast
