heddle wast --json passing.wast agents.wast unclosed.wast |
    sed "s/\"seconds\":.*/\"seconds\": TIME,/"
