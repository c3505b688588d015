heddle run --stack=1 x.wat
