;; Spawns agents until that is refused, all of which wait for ever.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func $wait (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))
  (func (export "wasi_thread_start") (param i32 i32) (call $wait))
  (func (export "_start")
    (loop $more (br_if $more (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))))
    (drop (call $spawn (i32.const 0)))
    (call $wait)))
