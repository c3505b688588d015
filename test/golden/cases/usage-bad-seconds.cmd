heddle run --timeout=soon x.wat
