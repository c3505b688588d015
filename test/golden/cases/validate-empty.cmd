heddle validate empty
heddle validate - </dev/null
