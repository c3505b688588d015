heddle validate minimal.wasm >/dev/full
