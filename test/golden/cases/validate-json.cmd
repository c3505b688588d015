heddle validate --json functions.wat invalid.wat syntax.wat no-such-file.wat
