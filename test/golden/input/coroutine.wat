;; The main agent's stack lies below 4096, static data follow. It calls a coroutine on a stack of its own, and comes back.
(module
  (import "env" "memory" (memory 1 1 shared))
  (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 4096))
  (func $__wasm_init_memory
    (memory.fill (i32.const 8192) (i32.const 0) (i32.const 1024)))
  (start $__wasm_init_memory)
  (func $frame (param $data i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
    (i32.store (global.get $__stack_pointer) (i32.const 1))
    (i32.store (local.get $data) (i32.const 2))
    (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 16))))
  (func (export "switch")
    (call $frame (i32.const 8192))
    (global.set $__stack_pointer (i32.const 65536))
    (call $frame (i32.const 8200))
    (global.set $__stack_pointer (i32.const 4096))
    (call $frame (i32.const 8208))))
