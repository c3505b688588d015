heddle validate functions.wat invalid.wat minimal.wasm
