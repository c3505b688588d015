heddle run - <minimal.wasm
