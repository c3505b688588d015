heddle wast results.wast no-such-file.wast >/dev/null 2>&1; echo $?
heddle wast --timeout=1 endless.wast no-such-file.wast >/dev/null 2>&1; echo $?
