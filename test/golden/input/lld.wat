;; As wasm-ld makes modules for threads, with the conventions that heddle follows.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory (import "env" "memory") 1 8 shared)
  (global $__stack_pointer (mut i32) (i32.const 4096))
  (global $__tls_base (mut i32) (i32.const 0))
  (global $__tls_size i32 (i32.const 12))
  (global $__tls_align i32 (i32.const 32))
  (func $__wasm_init_tls (param i32) (global.set $__tls_base (local.get 0)))
  (func (export "_initialize") (i32.store (i32.const 0) (i32.const 7)))
  (func (export "wasi_thread_start") (param i32 i32))
  (func (export "where") (result i32 i32 i32)
    (global.get $__stack_pointer) (global.get $__tls_base) (i32.load (i32.const 0))))
