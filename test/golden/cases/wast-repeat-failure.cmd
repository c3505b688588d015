heddle wast --repeat=10 agents.wast
