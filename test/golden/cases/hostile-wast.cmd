# Texts of a script that a terminal would obey.
heddle wast --strict hostile/script.wast
heddle wast --sched=rr hostile/script.wast
heddle wast --json hostile/script.wast | grep -v '"seconds"'
