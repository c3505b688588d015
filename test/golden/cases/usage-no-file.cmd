heddle run; echo $?
heddle wast; echo $?
heddle validate
