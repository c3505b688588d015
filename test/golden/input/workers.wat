(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param i32 i32)
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1))))
  (func (export "_start")
    (local $n i32)
    (loop $more
      (drop (call $spawn (i32.const 0)))
      (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 5))))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000)))))
