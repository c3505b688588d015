heddle validate version.wasm
