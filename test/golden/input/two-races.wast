;; Both write the same value to 0, which nobody can tell; what is left at 4 tells who was last.
(module $Memory (memory (export "memory") 1 1 shared))

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "same") (i32.store (i32.const 0) (i32.const 1)))
    (func (export "own") (i32.store (i32.const 4) (i32.const 1))))
  (invoke "same")
  (invoke "own"))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "same") (i32.store (i32.const 0) (i32.const 1)))
    (func (export "own") (i32.store (i32.const 4) (i32.const 2))))
  (invoke "own")
  (invoke "same"))

(wait $A)
(wait $B)
