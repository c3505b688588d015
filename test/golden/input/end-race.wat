;; The second thread writes what the first one writes, if main has let it. The program may end before.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param $number i32) (param $which i32)
    (if (i32.eq (local.get $which) (i32.const 1))
      (then (i32.store (i32.const 8) (i32.const 1)))
      (else
        (if (i32.atomic.load (i32.const 0)) (then (i32.store (i32.const 8) (i32.const 2)))))))
  (func (export "_start")
    (drop (call $spawn (i32.const 1)))
    (drop (call $spawn (i32.const 2)))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))))
