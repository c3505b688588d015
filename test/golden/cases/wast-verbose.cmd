heddle wast --verbose printing.wast | sed "s/([0-9.]* s)/(TIME)/"
