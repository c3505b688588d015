;; Two agents add 1 to a counter three times each. The addition is a load, an add and a store, so a store of the
;; other agent can fall between, and is overwritten: an increment is lost. See README.md.
;;
;;    0  the counter

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $increment
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
    (func $run (export "run")
      (call $increment)
      (call $increment)
      (call $increment)))
  (invoke "run"))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $increment
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
    (func $run (export "run")
      (call $increment)
      (call $increment)
      (call $increment)))
  (invoke "run"))

(wait $A)
(wait $B)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "counter") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "counter") (i32.const 6))
