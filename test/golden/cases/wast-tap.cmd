heddle wast --tap outcomes.wast nowhere.wast
