heddle validate functions.wat minimal.wasm
