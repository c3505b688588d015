;; Waits that do time out, after 2 to 20 milliseconds: the result is 2, the waiter has left the queue, and a later
;; notify neither counts it nor is spent on it.
;;
;; Specification: execution, "memory.atomic.wait(N)" and "wait'" (timeout); overview, "Wait".
;; Not for the reference interpreter, in which a wait of a millisecond or more never times out.

(module
  (memory 1 1 shared)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))
)

(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 2000000)) (i32.const 2))
(assert_return (invoke "notify" (i32.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const 2000000)) (i32.const 2))
(assert_return (invoke "notify" (i32.const 0) (i32.const -1)) (i32.const 0))

;; $Brief waits 5 milliseconds at address 0 and times out. $Patient then waits for ever at the same address, and a
;; notify of one agent wakes it: $Brief is no longer before it in the queue.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Brief (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Address 4: set when $Brief is through.
    (func (export "run") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 5000000))
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
  )
  (assert_return (invoke "run") (i32.const 2))
)

(thread $Patient (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (local $woken i32)
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
      (loop $again
        (br_if $again (i32.eqz (local.tee $woken (memory.atomic.notify (i32.const 0) (i32.const 1))))))
      (local.get $woken))
  )
  (assert_return (invoke "run") (i32.const 1))
)

(wait $Brief)
(wait $Patient)
(wait $Notifier)

;; Waits of different lengths at one address, each timing out by itself, in whatever order they were begun.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Long (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (memory.atomic.wait64 (i32.const 0) (i64.const 0) (i64.const 20000000)))
  )
  (assert_return (invoke "run") (i32.const 2))
)

(thread $Short (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 2000000)))
  )
  (assert_return (invoke "run") (i32.const 2))
)

(wait $Short)
(wait $Long)

;; A timeout bounds a wait, it does not prolong it: a notified wait returns 0 long before a thousand seconds are over.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000000000)))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (loop $again
        (br_if $again (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1))))))
  )
  (assert_return (invoke "run"))
)

(wait $Waiter)
(wait $Notifier)
