heddle wast --jobs=4 tree passing.wast tree
