;; Two agents, one counter, 1000000 increments each. Run it a few times:
;;
;;     heddle wast --verbose examples/racy-counter.wast
;;
;; The increments are a load, an addition and a store, none of them atomic. When one agent stores
;; between the other's load and store, one of the two increments is lost. So the script prints how many
;; arrived and how many were lost, and asserts only what holds under every interleaving. Then it does
;; the same with i32.atomic.rmw.add, which loses none.

(module $Memory
  ;; 0: the racy counter   4: the atomic one   8: how many agents have arrived at the start
  (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; Both agents start together, or the first could be done before the second begins.
    (func (export "meet")
      (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
      (loop $again
        (br_if $again (i32.lt_u (i32.atomic.load (i32.const 8)) (i32.const 2)))))
    (func (export "racy") (param $n i32)
      (loop $again
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "atomic") (param $n i32)
      (loop $again
        (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
  (invoke "meet")
  (invoke "racy" (i32.const 1000000))
  (invoke "atomic" (i32.const 1000000)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func (export "meet")
      (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
      (loop $again
        (br_if $again (i32.lt_u (i32.atomic.load (i32.const 8)) (i32.const 2)))))
    (func (export "racy") (param $n i32)
      (loop $again
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "atomic") (param $n i32)
      (loop $again
        (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
  (invoke "meet")
  (invoke "racy" (i32.const 1000000))
  (invoke "atomic" (i32.const 1000000)))

(wait $A)
(wait $B)

(module $Result
  (memory (import "shared" "memory") 1 1 shared)
  (import "spectest" "print_i32" (func $print (param i32)))
  (func (export "print")
    (call $print (i32.load (i32.const 0)))                               ;; arrived
    (call $print (i32.sub (i32.const 2000000) (i32.load (i32.const 0))))) ;; lost
  (func (export "atomic") (result i32) (i32.load (i32.const 4)))
  ;; At worst an agent loads 1 before its last increment, and all the other's are overwritten.
  (func (export "racy is possible") (result i32)
    (i32.and (i32.ge_u (i32.load (i32.const 0)) (i32.const 2))
             (i32.le_u (i32.load (i32.const 0)) (i32.const 2000000)))))

(invoke $Result "print")
(assert_return (invoke $Result "racy is possible") (i32.const 1))
(assert_return (invoke $Result "atomic") (i32.const 2000000))
