heddle wast --json --filter=nothing outcomes.wast
