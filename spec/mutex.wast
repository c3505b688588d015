;; A mutex of three states (0 free, 1 held, 2 held and perhaps waited for), which waits in the kernel's manner: four
;; agents change plain, unprotected data inside it, 1000 times each. No change is lost, and nobody is inside with
;; another. A lost wakeup would leave an agent waiting for ever.
;;
;; Specification: execution, relaxed memory model (what was written before an unlock is read after the next lock),
;; "memory.atomic.wait(N)" and "memory.atomic.notify"; overview, "Example".
;;
;;    0  the mutex
;;    8  who is inside
;;   12  how often somebody was inside
;;   16  the sum of the numbers of those who were inside, an i64
;;   24  how many agents are there; they begin together

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $lock
      (local $state i32)
      (if (i32.eqz (local.tee $state (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
        (then (return)))
      (if (i32.ne (local.get $state) (i32.const 2))
        (then (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))))
      (loop $taken
        (if (local.get $state)
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))
            (br $taken)))))
    (func $unlock
      (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    ;; Returns how often somebody else was inside.
    (func (export "run") (result i32)
      (local $n i32) (local $disturbed i32)
      (drop (i32.atomic.rmw.add (i32.const 24) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 24)) (i32.const 4))))
      (loop $next
        (call $lock)
        (i32.store (i32.const 8) (i32.const 1))
        (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
        (i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (i64.const 1)))
        (local.set $disturbed
          (i32.add (local.get $disturbed) (i32.ne (i32.load (i32.const 8)) (i32.const 1))))
        (call $unlock)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $disturbed))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $lock
      (local $state i32)
      (if (i32.eqz (local.tee $state (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
        (then (return)))
      (if (i32.ne (local.get $state) (i32.const 2))
        (then (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))))
      (loop $taken
        (if (local.get $state)
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))
            (br $taken)))))
    (func $unlock
      (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    ;; Returns how often somebody else was inside.
    (func (export "run") (result i32)
      (local $n i32) (local $disturbed i32)
      (drop (i32.atomic.rmw.add (i32.const 24) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 24)) (i32.const 4))))
      (loop $next
        (call $lock)
        (i32.store (i32.const 8) (i32.const 2))
        (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
        (i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (i64.const 2)))
        (local.set $disturbed
          (i32.add (local.get $disturbed) (i32.ne (i32.load (i32.const 8)) (i32.const 2))))
        (call $unlock)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $disturbed))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $lock
      (local $state i32)
      (if (i32.eqz (local.tee $state (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
        (then (return)))
      (if (i32.ne (local.get $state) (i32.const 2))
        (then (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))))
      (loop $taken
        (if (local.get $state)
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))
            (br $taken)))))
    (func $unlock
      (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    ;; Returns how often somebody else was inside.
    (func (export "run") (result i32)
      (local $n i32) (local $disturbed i32)
      (drop (i32.atomic.rmw.add (i32.const 24) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 24)) (i32.const 4))))
      (loop $next
        (call $lock)
        (i32.store (i32.const 8) (i32.const 3))
        (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
        (i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (i64.const 3)))
        (local.set $disturbed
          (i32.add (local.get $disturbed) (i32.ne (i32.load (i32.const 8)) (i32.const 3))))
        (call $unlock)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $disturbed))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent4 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $lock
      (local $state i32)
      (if (i32.eqz (local.tee $state (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
        (then (return)))
      (if (i32.ne (local.get $state) (i32.const 2))
        (then (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))))
      (loop $taken
        (if (local.get $state)
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))
            (local.set $state (i32.atomic.rmw.xchg (i32.const 0) (i32.const 2)))
            (br $taken)))))
    (func $unlock
      (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    ;; Returns how often somebody else was inside.
    (func (export "run") (result i32)
      (local $n i32) (local $disturbed i32)
      (drop (i32.atomic.rmw.add (i32.const 24) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 24)) (i32.const 4))))
      (loop $next
        (call $lock)
        (i32.store (i32.const 8) (i32.const 4))
        (i32.store (i32.const 12) (i32.add (i32.load (i32.const 12)) (i32.const 1)))
        (i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (i64.const 4)))
        (local.set $disturbed
          (i32.add (local.get $disturbed) (i32.ne (i32.load (i32.const 8)) (i32.const 4))))
        (call $unlock)
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $disturbed))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)
(wait $Agent4)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "mutex") (result i32) (i32.load (i32.const 0)))
  (func (export "count") (result i32) (i32.load (i32.const 12)))
  (func (export "sum") (result i64) (i64.load (i32.const 16)))
)
(assert_return (invoke "mutex") (i32.const 0))
(assert_return (invoke "count") (i32.const 4000))
(assert_return (invoke "sum") (i64.const 10000))
