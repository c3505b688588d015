heddle validate --features=wasm2,multi-memory memories.wat
