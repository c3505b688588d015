;; The first agent that needs the table fills it, under a lock. To spare the lock later, everybody looks first,
;; without it, whether the table is ready; but with a plain load, which promises nothing about the table. See README.md.
;;
;;    0  the lock
;;    4  ready: the table is filled
;;    8  the table, two words

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock 
      (loop $again
        (if (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))
            (br $again)))))
    (func $unlock 
      (i32.atomic.store (i32.const 0) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    ;; Returns the sum of the table, which the first caller fills.
    (func $get (export "get") (result i32)
      (if (i32.eqz (i32.load (i32.const 4)))
        (then
          (call $lock)
          (if (i32.eqz (i32.load (i32.const 4)))
            (then
              (i32.store (i32.const 8) (i32.const 20))
              (i32.store (i32.const 12) (i32.const 22))
              (i32.store (i32.const 4) (i32.const 1))))
          (call $unlock)))
      (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))))
  (assert_return (invoke "get") (i32.const 42)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock 
      (loop $again
        (if (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))
            (br $again)))))
    (func $unlock 
      (i32.atomic.store (i32.const 0) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $get (export "get") (result i32)
      (if (i32.eqz (i32.load (i32.const 4)))
        (then
          (call $lock)
          (if (i32.eqz (i32.load (i32.const 4)))
            (then
              (i32.store (i32.const 8) (i32.const 20))
              (i32.store (i32.const 12) (i32.const 22))
              (i32.store (i32.const 4) (i32.const 1))))
          (call $unlock)))
      (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12)))))
  (assert_return (invoke "get") (i32.const 42)))

(wait $A)
(wait $B)
