;; What LLD makes of thread-local data if nothing asks for __wasm_init_tls.
(module
  (import "env" "memory" (memory 1 1 shared))
  (global $__tls_base (mut i32) (i32.const 0))
  (func (export "bump") (result i32)
    (i32.atomic.rmw.add (global.get $__tls_base) (i32.const 1))))
