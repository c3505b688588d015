(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory (export "memory") 1 1 shared)
  (func (export "wasi_thread_start") (param $number i32) (param $value i32)
    (i32.atomic.store (i32.const 0) (local.get $value))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "once") (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1))))
  (func (export "_start")
    (drop (call $spawn (i32.const 42)))
    ;; 2: timed out
    (if (i32.eq (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000)) (i32.const 2))
      (then unreachable))))
