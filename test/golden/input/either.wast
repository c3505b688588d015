;; What the reader finds depends on the schedule; it never finds 2.
(module $Memory (memory (export "memory") 1 1 shared))

(thread $Writer (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "write") (i32.atomic.store (i32.const 0) (i32.const 1))))
  (invoke "write"))

(thread $Reader (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "read") (result i32) (i32.atomic.load (i32.const 0))))
  (assert_return (invoke "read") (either (i32.const 0) (i32.const 1) (i32.const 2))))

(wait $Writer)
(wait $Reader)
