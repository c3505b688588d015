;; The agent that it spawns stores into a memory of its own.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory (export "memory") 1 1 shared)
  (func (export "wasi_thread_start") (param i32 i32) (i32.atomic.store (i32.const 8) (i32.const 1)))
  (func (export "_start") (drop (call $spawn (i32.const 1)))))
