;; Waits and notifies in quick succession: no wakeup is lost and none is spurious.
;;
;; Specification: execution, "memory.atomic.wait(N)": the comparison and the entry into the queue are one step; overview,
;; "Wait": an agent "will not be spuriously woken".
;;
;; Races by design: accesses of 32 and 64 bits to one word.

;; Two agents pass a ball, the word at 0, to and fro. A notify that fell between the other's comparison and its entry
;; into the queue would be lost, and both would wait for ever.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Player0 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (loop $next
        (loop $theirs
          (if (i32.eq (i32.atomic.load (i32.const 0)) (i32.const 1))
            (then
              (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))
              (br $theirs))))
        (i32.atomic.store (i32.const 0) (i32.const 1))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500)))))
  )
  (assert_return (invoke "run"))
)

(thread $Player1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (loop $next
        (loop $theirs
          (if (i32.eq (i32.atomic.load (i32.const 0)) (i32.const 0))
            (then
              (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
              (br $theirs))))
        (i32.atomic.store (i32.const 0) (i32.const 0))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500)))))
  )
  (assert_return (invoke "run"))
)

(wait $Player0)
(wait $Player1)

;; Two agents wait, for ever or for 20 microseconds in turn, on a word that a third changes and notifies all the time.
;; They count their results: "ok" at 8, "not equal" at 12, "timed out" at 16. Each wakeup that notify has counted is one
;; that a wait has returned: notify and a timeout cannot both have the same waiter.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Waiter1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32) (local $result i32)
      (loop $next
        (local.set $result
          (memory.atomic.wait32 (i32.const 0) (i32.atomic.load (i32.const 0))
            (select (i64.const -1) (i64.const 20000) (i32.and (local.get $n) (i32.const 1)))))
        (drop
          (i32.atomic.rmw.add offset=8 (i32.shl (local.get $result) (i32.const 2)) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 300))))
      (drop (i32.atomic.rmw.add (i32.const 20) (i32.const 1))))
  )
  (assert_return (invoke "run"))
)

(thread $Waiter2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32) (local $result i32)
      (loop $next
        (local.set $result
          (memory.atomic.wait64 (i32.const 0) (i64.atomic.load (i32.const 0))
            (select (i64.const -1) (i64.const 20000) (i32.and (local.get $n) (i32.const 1)))))
        (drop
          (i32.atomic.rmw.add offset=8 (i32.shl (local.get $result) (i32.const 2)) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 300))))
      (drop (i32.atomic.rmw.add (i32.const 20) (i32.const 1))))
  )
  (assert_return (invoke "run"))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Notifies until both agents are through; returns how many were woken.
    (func $notify (result i32)
      (local $n i32) (local $woken i32)
      (loop $again
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (i64.atomic.store32 (i32.const 0) (i64.extend_i32_u (local.get $n)))))
        (local.set $woken
          (i32.add (local.get $woken) (memory.atomic.notify (i32.const 0) (i32.const 1))))
        (br_if $again (i32.lt_u (i32.atomic.load (i32.const 20)) (i32.const 2))))
      (local.get $woken))
    ;; The difference between the wakeups that were given and those that were received.
    (func (export "run") (result i32)
      (i32.sub (call $notify) (i32.atomic.load (i32.const 8))))
    (func (export "results") (result i32)
      (i32.add
        (i32.atomic.load (i32.const 8))
        (i32.add (i32.atomic.load (i32.const 12)) (i32.atomic.load (i32.const 16)))))
  )
  (assert_return (invoke "run") (i32.const 0))
  (assert_return (invoke "results") (i32.const 600))
)

(wait $Waiter1)
(wait $Waiter2)
(wait $Notifier)
