;; Waits with a limit until somebody stores 1, which nobody does.
(module
  (memory (import "env" "memory") 1 1 shared)
  (func (export "t0") (drop (i32.atomic.load (i32.const 0))))
  (func (export "t1")
    (loop $on
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000)))
      (br_if $on (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 1))))))
