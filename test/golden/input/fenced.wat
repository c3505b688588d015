;; Message passing with a flag that is read plainly: fences order what they order in C.
(module
  (memory (import "env" "memory") 1 1 shared)
  (func (export "send")
    (i32.store (i32.const 0) (i32.const 42))
    (i32.atomic.store (i32.const 4) (i32.const 1)))
  (func (export "receive") (result i32)
    (if (i32.eqz (i32.load (i32.const 4))) (then (return (i32.const -1))))
    (atomic.fence)
    (i32.load (i32.const 0))))
