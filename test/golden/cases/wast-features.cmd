heddle wast --features=-multi-memory tree/a.wast
