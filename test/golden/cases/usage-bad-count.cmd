heddle wast --jobs=0 x.wast
