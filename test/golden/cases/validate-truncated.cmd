heddle validate truncated.wasm
