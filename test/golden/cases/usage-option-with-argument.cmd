heddle wast --strict=yes x.wast
