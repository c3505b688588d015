heddle validate - <minimal.wasm
