heddle wast --strict wording.wast
