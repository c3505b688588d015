;; A ticket lock, as at a counter where one draws a number: three agents add 1 to a plain counter inside it, twice
;; each. They get the lock in the order in which they came. See README.md.
;;
;;    0  the next ticket
;;    4  the ticket that is served
;;    8  the counter

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock
      (local $ticket i32) (local $serving i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop $again
        (local.set $serving (i32.atomic.load (i32.const 4)))
        (if (i32.ne (local.get $serving) (local.get $ticket))
          (then
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $serving) (i64.const -1)))
            (br $again)))))
    ;; Everybody waits on one word: wakes all, for the next ticket may be anybody's.
    (func $unlock
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
    (func $work
      (call $lock)
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
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
      (local $ticket i32) (local $serving i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop $again
        (local.set $serving (i32.atomic.load (i32.const 4)))
        (if (i32.ne (local.get $serving) (local.get $ticket))
          (then
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $serving) (i64.const -1)))
            (br $again)))))
    (func $unlock
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
    (func $work
      (call $lock)
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
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
      (local $ticket i32) (local $serving i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop $again
        (local.set $serving (i32.atomic.load (i32.const 4)))
        (if (i32.ne (local.get $serving) (local.get $ticket))
          (then
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $serving) (i64.const -1)))
            (br $again)))))
    (func $unlock
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
    (func $work
      (call $lock)
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
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
  (func (export "served") (result i32) (i32.load (i32.const 4)))
  (func (export "counter") (result i32) (i32.load (i32.const 8))))
(assert_return (invoke "served") (i32.const 6))
(assert_return (invoke "counter") (i32.const 6))
