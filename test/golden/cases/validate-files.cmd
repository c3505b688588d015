heddle validate no-such-file.wasm tree ""
