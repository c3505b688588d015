;; The main agent counts for a very long time if it comes first.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param i32 i32) (i32.atomic.store (i32.const 0) (i32.const 1)))
  (func (export "_start") (local $n i64)
    (drop (call $spawn (i32.const 0)))
    (if (i32.eqz (i32.atomic.load (i32.const 0)))
      (then
        (loop $again
          (br_if $again
            (i64.ne (local.tee $n (i64.add (local.get $n) (i64.const 1))) (i64.const -1))))))))
