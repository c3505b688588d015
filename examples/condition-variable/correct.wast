;; One producer hands four numbers to two consumers, through a box that holds one. The box is guarded by a mutex;
;; condition variables tell the consumers that it is full, and the producer that it is empty. See README.md.
;;
;;    0  the mutex
;;    4  the condition variable "full"
;;    8  the condition variable "empty"
;;   12  is something in the box?
;;   16  what is in the box
;;   20  the sum of what the consumers took

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Producer (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; The mutex: 0 free, 1 taken, 2 taken and perhaps waited for; see the lesson futex-mutex.
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
    ;; A condition variable is the number of signals so far. It is read while the mutex is held: a signal that comes
    ;; after the unlock changes it, so that the wait does not begin.
    (func $await (param $condition i32)
      (local $signals i32)
      (local.set $signals (i32.atomic.load (local.get $condition)))
      (call $unlock)
      (drop (memory.atomic.wait32 (local.get $condition) (local.get $signals) (i64.const -1)))
      (call $lock))
    (func $signal (param $condition i32)
      (drop (i32.atomic.rmw.add (local.get $condition) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $condition) (i32.const 1))))
    (func $put (param $value i32)
      (call $lock)
      (loop $again
        (if (i32.load (i32.const 12))
          (then
            (call $await (i32.const 8))
            (br $again))))
      (i32.store (i32.const 16) (local.get $value))
      (i32.store (i32.const 12) (i32.const 1))
      (call $signal (i32.const 4))
      (call $unlock))
    (func $run (export "run")
      (call $put (i32.const 1))
      (call $put (i32.const 2))
      (call $put (i32.const 3))
      (call $put (i32.const 4))))
  (invoke "run"))

(thread $Consumer1 (shared (module $Memory))
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
    (func $await (param $condition i32)
      (local $signals i32)
      (local.set $signals (i32.atomic.load (local.get $condition)))
      (call $unlock)
      (drop (memory.atomic.wait32 (local.get $condition) (local.get $signals) (i64.const -1)))
      (call $lock))
    (func $signal (param $condition i32)
      (drop (i32.atomic.rmw.add (local.get $condition) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $condition) (i32.const 1))))
    (func $take (result i32)
      (local $value i32)
      (call $lock)
      ;; A loop, not an if: awake, look again, for somebody else may have been faster.
      (loop $again
        (if (i32.eqz (i32.load (i32.const 12)))
          (then
            (call $await (i32.const 4))
            (br $again))))
      (local.set $value (i32.load (i32.const 16)))
      (i32.store (i32.const 12) (i32.const 0))
      (call $signal (i32.const 8))
      (call $unlock)
      (local.get $value))
    ;; Takes two numbers, and adds them to the sum.
    (func $run (export "run")
      (drop (i32.atomic.rmw.add (i32.const 20) (call $take)))
      (drop (i32.atomic.rmw.add (i32.const 20) (call $take)))))
  (invoke "run"))

(thread $Consumer2 (shared (module $Memory))
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
    (func $await (param $condition i32)
      (local $signals i32)
      (local.set $signals (i32.atomic.load (local.get $condition)))
      (call $unlock)
      (drop (memory.atomic.wait32 (local.get $condition) (local.get $signals) (i64.const -1)))
      (call $lock))
    (func $signal (param $condition i32)
      (drop (i32.atomic.rmw.add (local.get $condition) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $condition) (i32.const 1))))
    (func $take (result i32)
      (local $value i32)
      (call $lock)
      (loop $again
        (if (i32.eqz (i32.load (i32.const 12)))
          (then
            (call $await (i32.const 4))
            (br $again))))
      (local.set $value (i32.load (i32.const 16)))
      (i32.store (i32.const 12) (i32.const 0))
      (call $signal (i32.const 8))
      (call $unlock)
      (local.get $value))
    (func $run (export "run")
      (drop (i32.atomic.rmw.add (i32.const 20) (call $take)))
      (drop (i32.atomic.rmw.add (i32.const 20) (call $take)))))
  (invoke "run"))

(wait $Producer)
(wait $Consumer1)
(wait $Consumer2)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "sum") (result i32) (i32.load (i32.const 20))))
(assert_return (invoke "sum") (i32.const 10))
