;; Peterson's lock for two agents, made of loads and stores alone: both add 1 to a plain counter inside it, twice each.
;; All accesses to the lock are atomic, thus sequentially consistent, and no increment is lost. See README.md.
;;
;;    0, 4  the flags: does this agent want to go in?
;;    8     the flag of the one who goes first if both want to
;;   12     the counter
;;   16, 20 where the agents pause

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; $me and $other are the addresses of the two flags, 0 and 4.
    (func $lock (param $me i32) (param $other i32)
      (i32.atomic.store (local.get $me) (i32.const 1))    ;; I want to go in,
      (i32.atomic.store (i32.const 8) (local.get $other)) ;; but after you.
      (block $free
        (loop $again
          (br_if $free (i32.eqz (i32.atomic.load (local.get $other))))
          (br_if $free (i32.eq (i32.atomic.load (i32.const 8)) (local.get $me)))
          ;; Busy: pauses for a microsecond, on a word of its own, which nobody notifies.
          (drop (memory.atomic.wait32 offset=16 (local.get $me) (i32.const 0) (i64.const 1000)))
          (br $again))))
    (func $unlock (param $me i32)
      (i32.atomic.store (local.get $me) (i32.const 0)))
    (func $work (param $me i32) (param $other i32)
      (call $lock (local.get $me) (local.get $other))
      (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
      (call $unlock (local.get $me)))
    (func $run (export "run") (param $me i32) (param $other i32)
      (call $work (local.get $me) (local.get $other))
      (call $work (local.get $me) (local.get $other))))
  (invoke "run" (i32.const 0) (i32.const 4)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock (param $me i32) (param $other i32)
      (i32.atomic.store (local.get $me) (i32.const 1))
      (i32.atomic.store (i32.const 8) (local.get $other))
      (block $free
        (loop $again
          (br_if $free (i32.eqz (i32.atomic.load (local.get $other))))
          (br_if $free (i32.eq (i32.atomic.load (i32.const 8)) (local.get $me)))
          (drop (memory.atomic.wait32 offset=16 (local.get $me) (i32.const 0) (i64.const 1000)))
          (br $again))))
    (func $unlock (param $me i32)
      (i32.atomic.store (local.get $me) (i32.const 0)))
    (func $work (param $me i32) (param $other i32)
      (call $lock (local.get $me) (local.get $other))
      (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
      (call $unlock (local.get $me)))
    (func $run (export "run") (param $me i32) (param $other i32)
      (call $work (local.get $me) (local.get $other))
      (call $work (local.get $me) (local.get $other))))
  (invoke "run" (i32.const 4) (i32.const 0)))

(wait $A)
(wait $B)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "counter") (result i32) (i32.load (i32.const 12))))
(assert_return (invoke "counter") (i32.const 4))
