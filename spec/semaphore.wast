;; A counting semaphore with two permits, for four agents that enter 1000 times each: never more than two are inside, and
;; in the end both permits are back. A lost wakeup would leave an agent waiting for ever.
;;
;; Specification: execution, "memory.atomic.wait(N)", "memory.atomic.notify" and "t.atomic.rmw(N_u).cmpxchg".
;;
;;    0  the semaphore: free permits
;;    4  how many agents are inside
;;    8  how often somebody was inside
;;   12  how many agents are there; they begin together

(module $Mem (memory (export "mem") 1 1 shared))
(register "mem" $Mem)

(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "init") (i32.store (i32.const 0) (i32.const 2)))
)
(assert_return (invoke "init"))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
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
    ;; Returns how often too many were inside.
    (func (export "run") (result i32)
      (local $n i32) (local $crowded i32)
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 12)) (i32.const 4))))
      (loop $next
        (call $acquire)
        (local.set $crowded
          (i32.add
            (local.get $crowded)
            (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2))))
        (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
        (call $release)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $crowded))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
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
    ;; Returns how often too many were inside.
    (func (export "run") (result i32)
      (local $n i32) (local $crowded i32)
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 12)) (i32.const 4))))
      (loop $next
        (call $acquire)
        (local.set $crowded
          (i32.add
            (local.get $crowded)
            (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2))))
        (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
        (call $release)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $crowded))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
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
    ;; Returns how often too many were inside.
    (func (export "run") (result i32)
      (local $n i32) (local $crowded i32)
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 12)) (i32.const 4))))
      (loop $next
        (call $acquire)
        (local.set $crowded
          (i32.add
            (local.get $crowded)
            (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2))))
        (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
        (call $release)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $crowded))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent4 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
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
    ;; Returns how often too many were inside.
    (func (export "run") (result i32)
      (local $n i32) (local $crowded i32)
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 12)) (i32.const 4))))
      (loop $next
        (call $acquire)
        (local.set $crowded
          (i32.add
            (local.get $crowded)
            (i32.ge_u (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 2))))
        (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
        (call $release)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $crowded))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)
(wait $Agent4)

(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
)
(assert_return (invoke "load" (i32.const 0)) (i32.const 2))
(assert_return (invoke "load" (i32.const 4)) (i32.const 0))
(assert_return (invoke "load" (i32.const 8)) (i32.const 4000))
