;; Each agent has exceptions of its own: a store's tags are not another's, and what one agent throws and
;; catches is its own business, while they share a memory.
(module $Memory (memory (export "memory") 1 1 shared))

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (tag $e (param i32))
    (func $add (param i32)
      (throw $e (i32.atomic.rmw.add (i32.const 0) (local.get 0))))
    (func (export "run") (param i32)
      (loop $again
        (block $h (result i32)
          (try_table (catch $e $h) (call $add (i32.const 1)))
          (unreachable))
        (drop)
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
  (assert_return (invoke "run" (i32.const 1000))))
(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (tag $e (param i32))
    (func $add (param i32)
      (throw $e (i32.atomic.rmw.add (i32.const 0) (local.get 0))))
    (func (export "run") (param i32)
      (loop $again
        (try (do (call $add (i32.const 1))) (catch $e (drop)))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
  (assert_return (invoke "run" (i32.const 1000))))
(wait $A)
(wait $B)

(register "shared" $Memory)
(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "sum") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke "sum") (i32.const 2000))
