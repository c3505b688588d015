heddle validate --features=wasm2,gc x.wat
