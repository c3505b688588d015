heddle run --stack=1000 functions.wat --invoke deep 2>&1 |
    sed "s/and [0-9]* more/and MANY more/"
heddle run --stack=1000 functions.wat --invoke deep 2>/dev/null
