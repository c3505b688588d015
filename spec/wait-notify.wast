;; Agents that wait and agents that notify: a notified wait returns 0; a timeout that is negative or very long is no
;; obstacle; the count is unsigned and bounds how many are woken; queues of different addresses are independent; waits
;; of 32 and of 64 bits at one address share its queue; a stored value alone wakes nobody.
;;
;; Specification: execution, "memory.atomic.wait(N)" and "memory.atomic.notify"; overview, "Wait" and "Notify".
;;
;; Nobody can see that another agent waits except by waking it, so the notifiers repeat until they have woken as many
;; agents as there are.

;; One waiter, for each kind of timeout that cannot pass here.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "wait32") (param i32 i64) (result i32)
      (memory.atomic.wait32 (local.get 0) (i32.const 0) (local.get 1)))
    (func (export "wait64") (param i32 i64) (result i32)
      (memory.atomic.wait64 (local.get 0) (i64.const 0) (local.get 1)))
  )
  (assert_return (invoke "wait32" (i32.const 0) (i64.const -1)) (i32.const 0))
  (assert_return (invoke "wait32" (i32.const 8) (i64.const 0x8000000000000000)) (i32.const 0))
  (assert_return (invoke "wait32" (i32.const 16) (i64.const 0x7fffffffffffffff)) (i32.const 0))
  (assert_return (invoke "wait64" (i32.const 24) (i64.const -1)) (i32.const 0))
  (assert_return (invoke "wait64" (i32.const 32) (i64.const 0x8000000000000000)) (i32.const 0))
  (assert_return (invoke "wait64" (i32.const 40) (i64.const 0x7fffffffffffffff)) (i32.const 0))
  (assert_return (invoke "wait32" (i32.const 65532) (i64.const -1)) (i32.const 0))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Notifies $count agents at $address until there were some; returns how many.
    (func (export "notify") (param $address i32) (param $count i32) (result i32)
      (local $woken i32)
      (loop $again
        (local.set $woken (memory.atomic.notify (local.get $address) (local.get $count)))
        (br_if $again (i32.eqz (local.get $woken))))
      (local.get $woken))
  )
  (assert_return (invoke "notify" (i32.const 0) (i32.const 1)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 8) (i32.const 2)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 16) (i32.const 0x7fffffff)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 24) (i32.const 0x80000000)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 32) (i32.const -1)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 40) (i32.const 1)) (i32.const 1))
  (assert_return (invoke "notify" (i32.const 65532) (i32.const 1)) (i32.const 1))
)

(wait $Waiter)
(wait $Notifier)

;; Three waiters at address 8, of both widths. A count of 0 wakes none of them, and neither does a notify at another
;; address, a store, or a notify of another memory. Then they are woken, at most two at a time, and then there is
;; nobody left.

(module $Mem (memory (export "mem") 1 1 shared))
(module $Other (memory (export "mem") 1 1 shared))

(thread $W1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
  )
  (assert_return (invoke "wait") (i32.const 0))
)

(thread $W2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait64 (i32.const 8) (i64.const 0) (i64.const -1)))
  )
  (assert_return (invoke "wait") (i32.const 0))
)

(thread $W3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
  )
  (assert_return (invoke "wait") (i32.const 0))
)

(thread $Notifier (shared (module $Mem)) (shared (module $Other))
  (register "mem" $Mem)
  (module $Notify
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "notify") (param i32 i32) (result i32)
      (memory.atomic.notify (local.get 0) (local.get 1)))
    ;; Wakes two agents at a time at most, until three are woken; returns the largest number woken at once.
    (func (export "wake-three") (result i32)
      (local $woken i32) (local $total i32) (local $most i32)
      (loop $again
        (local.set $woken (memory.atomic.notify (i32.const 8) (i32.const 2)))
        (local.set $total (i32.add (local.get $total) (local.get $woken)))
        (local.set $most
          (select (local.get $woken) (local.get $most) (i32.gt_u (local.get $woken) (local.get $most))))
        (br_if $again (i32.lt_u (local.get $total) (i32.const 3))))
      (local.get $most))
  )
  (register "other" $Other)
  (module $NotifyOther
    (memory (import "other" "mem") 1 1 shared)
    (func (export "notify") (param i32 i32) (result i32)
      (memory.atomic.notify (local.get 0) (local.get 1)))
  )
  (assert_return (invoke $Notify "notify" (i32.const 8) (i32.const 0)) (i32.const 0))
  (assert_return (invoke $Notify "notify" (i32.const 0) (i32.const -1)) (i32.const 0))
  (assert_return (invoke $Notify "notify" (i32.const 4) (i32.const -1)) (i32.const 0))
  (assert_return (invoke $Notify "notify" (i32.const 12) (i32.const -1)) (i32.const 0))
  (assert_return (invoke $Notify "notify" (i32.const 16) (i32.const -1)) (i32.const 0))
  (assert_return (invoke $NotifyOther "notify" (i32.const 8) (i32.const -1)) (i32.const 0))
  (assert_return (invoke $Notify "wake-three") (either (i32.const 1) (i32.const 2)))
  (assert_return (invoke $Notify "notify" (i32.const 8) (i32.const -1)) (i32.const 0))
)

(wait $W1)
(wait $W2)
(wait $W3)
(wait $Notifier)

;; A waiter sleeps through stores to its address: it is woken with 0 after the value has long changed, unless it came
;; so late that it saw another value than it expected.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Returns the value at the time of waking, or 100 if it did not wait.
    (func (export "wait") (result i32)
      (local $result i32) (local $value i32)
      (local.set $result (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (local.set $value (i32.atomic.load (i32.const 0)))
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (select (local.get $value) (i32.const 100) (i32.eqz (local.get $result))))
  )
  (assert_return (invoke "wait") (i32.const 100))
)

(thread $Writer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Steps the value from 0 to 100; then notifies until the waiter has gone on.
    (func (export "run")
      (loop $step
        (br_if $step (i32.lt_u (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 99))))
      (loop $again
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (br_if $again (i32.eqz (i32.atomic.load (i32.const 4))))))
  )
  (assert_return (invoke "run"))
)

(wait $Waiter)
(wait $Writer)
