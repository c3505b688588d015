;; Two agents: the later adds its 1 first, or not; the main one exits with what it finds.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "m" "m" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param i32 i32) (i32.atomic.store (i32.const 0) (i32.const 1)))
  (func (export "zero"))
  (func (export "_start")
    (drop (call $spawn (i32.const 0)))
    (call $exit (i32.add (i32.const 6) (i32.atomic.load (i32.const 0))))))
