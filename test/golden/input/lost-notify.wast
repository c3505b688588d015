;; A notify that comes before the wait wakes nobody, and is not remembered.
(module $Memory (memory (export "memory") 1 1 shared))

(thread $Sleeper (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "sleep") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
  (invoke "sleep"))

(thread $Waker (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "wake") (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))
  (invoke "wake"))

(wait $Sleeper)
(wait $Waker)
