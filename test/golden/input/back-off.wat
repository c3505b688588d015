;; Two locks, taken in either order: who finds the second one taken gives the first one back, and tries again. When both do
;; so at the same time, in turns, they never get any further.
(module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "both") (param $first i32) (param $second i32)
    (loop $again
      (br_if $again (i32.atomic.rmw.cmpxchg (local.get $first) (i32.const 0) (i32.const 1)))
      (if (i32.atomic.rmw.cmpxchg (local.get $second) (i32.const 0) (i32.const 1))
        (then
          (i32.atomic.store (local.get $first) (i32.const 0))
          (br $again)))
      (i32.atomic.store (local.get $second) (i32.const 0))
      (i32.atomic.store (local.get $first) (i32.const 0)))))
