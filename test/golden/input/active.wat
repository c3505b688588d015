;; Its data segment is active: each instance writes it anew.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (data (i32.const 16) "\01\00\00\00")
  (func (export "wasi_thread_start") (param $number i32) (param $unused i32)
    (i32.atomic.store (i32.const 0) (local.get $number))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 2))
    (drop (call $spawn (i32.const 0)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (if (i32.ne (i32.load (i32.const 16)) (i32.const 2)) (then unreachable))))
