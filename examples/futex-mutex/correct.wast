;; A mutex that sleeps instead of spinning: three agents add 1 to a plain counter inside it, twice each. No increment
;; is lost, and nobody sleeps for ever. See README.md.
;;
;;    0  the mutex: 0 free, 1 taken, 2 taken and perhaps waited for
;;    4  the counter

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock
      ;; The usual case: it was free, and a single access takes it.
      (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)))
        (then (return)))
      ;; It is taken. Before sleeping, says so with a 2; whoever swaps a 0 out has it.
      (loop $again
        (if (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (br $again)))))
    (func $unlock
      ;; Only if somebody may sleep is there anybody to wake.
      (if (i32.eq (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0)) (i32.const 2))
        (then (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    (func $work
      (call $lock)
      (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
      (call $unlock))
    (func $run (export "run")
      (call $work)
      (call $work)))
  (invoke "run"))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock
      (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)))
        (then (return)))
      (loop $again
        (if (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (br $again)))))
    (func $unlock
      (if (i32.eq (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0)) (i32.const 2))
        (then (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    (func $work
      (call $lock)
      (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
      (call $unlock))
    (func $run (export "run")
      (call $work)
      (call $work)))
  (invoke "run"))

(thread $C (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock
      (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)))
        (then (return)))
      (loop $again
        (if (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (br $again)))))
    (func $unlock
      (if (i32.eq (i32.atomic.rmw.xchg (i32.const 0) (i32.const 0)) (i32.const 2))
        (then (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    (func $work
      (call $lock)
      (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
      (call $unlock))
    (func $run (export "run")
      (call $work)
      (call $work)))
  (invoke "run"))

(wait $A)
(wait $B)
(wait $C)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "mutex") (result i32) (i32.load (i32.const 0)))
  (func (export "counter") (result i32) (i32.load (i32.const 4))))
(assert_return (invoke "mutex") (i32.const 0))
(assert_return (invoke "counter") (i32.const 6))
