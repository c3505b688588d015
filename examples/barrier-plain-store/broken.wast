;; Three agents leave a number each, meet at a barrier, and add up the numbers. The last to come opens the gate, with
;; a plain store: who finds the gate open may still not see the numbers. See README.md.
;;
;;    0  how many agents have come
;;    4  the gate: 0 closed, 1 open
;;    8  the numbers, three words

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $barrier
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.store (i32.const 4) (i32.const 1))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $again
            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
            (br_if $again (i32.eqz (i32.atomic.load (i32.const 4))))))))
    ;; Leaves a number at $place; returns the sum of all.
    (func $run (export "run") (param $place i32) (param $number i32) (result i32)
      (i32.store (local.get $place) (local.get $number))
      (call $barrier)
      (i32.add
        (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))
        (i32.load (i32.const 16)))))
  (assert_return (invoke "run" (i32.const 8) (i32.const 12)) (i32.const 42)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $barrier
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.store (i32.const 4) (i32.const 1))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $again
            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
            (br_if $again (i32.eqz (i32.atomic.load (i32.const 4))))))))
    (func $run (export "run") (param $place i32) (param $number i32) (result i32)
      (i32.store (local.get $place) (local.get $number))
      (call $barrier)
      (i32.add
        (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))
        (i32.load (i32.const 16)))))
  (assert_return (invoke "run" (i32.const 12) (i32.const 14)) (i32.const 42)))

(thread $C (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $barrier
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.store (i32.const 4) (i32.const 1))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $again
            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
            (br_if $again (i32.eqz (i32.atomic.load (i32.const 4))))))))
    (func $run (export "run") (param $place i32) (param $number i32) (result i32)
      (i32.store (local.get $place) (local.get $number))
      (call $barrier)
      (i32.add
        (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))
        (i32.load (i32.const 16)))))
  (assert_return (invoke "run" (i32.const 16) (i32.const 16)) (i32.const 42)))

(wait $A)
(wait $B)
(wait $C)
