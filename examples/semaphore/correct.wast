;; A semaphore with two permits, for three agents that enter twice each: never are more than two inside, and in the
;; end both permits are back. See README.md.
;;
;;    0  the semaphore: how many permits are free
;;    4  how many agents are inside

(module $Memory
  (memory (export "memory") 1 1 shared)
  (data (i32.const 0) "\02"))
(register "shared" $Memory)

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $acquire
      (local $permits i32)
      (loop $again
        (local.set $permits (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $permits))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
            (br $again)))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg
              (i32.const 0) (local.get $permits) (i32.sub (local.get $permits) (i32.const 1)))
            (local.get $permits)))))
    (func $release
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    ;; Enters twice; returns how often too many were inside.
    (func $run (export "run") (result i32)
      (i32.add (call $visit) (call $visit)))
    (func $visit (result i32)
      (local $crowded i32)
      (call $acquire)
      (local.set $crowded (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2)))
      (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
      (call $release)
      (local.get $crowded)))
  (assert_return (invoke "run") (i32.const 0)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $acquire
      (local $permits i32)
      (loop $again
        (local.set $permits (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $permits))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
            (br $again)))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg
              (i32.const 0) (local.get $permits) (i32.sub (local.get $permits) (i32.const 1)))
            (local.get $permits)))))
    (func $release
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $run (export "run") (result i32)
      (i32.add (call $visit) (call $visit)))
    (func $visit (result i32)
      (local $crowded i32)
      (call $acquire)
      (local.set $crowded (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2)))
      (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
      (call $release)
      (local.get $crowded)))
  (assert_return (invoke "run") (i32.const 0)))

(thread $C (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $acquire
      (local $permits i32)
      (loop $again
        (local.set $permits (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $permits))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
            (br $again)))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg
              (i32.const 0) (local.get $permits) (i32.sub (local.get $permits) (i32.const 1)))
            (local.get $permits)))))
    (func $release
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $run (export "run") (result i32)
      (i32.add (call $visit) (call $visit)))
    (func $visit (result i32)
      (local $crowded i32)
      (call $acquire)
      (local.set $crowded (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2)))
      (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
      (call $release)
      (local.get $crowded)))
  (assert_return (invoke "run") (i32.const 0)))

(wait $A)
(wait $B)
(wait $C)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "permits") (result i32) (i32.load (i32.const 0)))
  (func (export "inside") (result i32) (i32.load (i32.const 4))))
(assert_return (invoke "permits") (i32.const 2))
(assert_return (invoke "inside") (i32.const 0))
