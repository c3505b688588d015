heddle wast --sched=host --runs=3 spin.wast
