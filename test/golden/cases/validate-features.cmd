heddle validate --features=wasm2 memories.wat
