;; Agents whose modules have both a private, unshared memory and two shared ones: what they write to the private memory
;; stays theirs, what they write to the shared ones is common, and wait queues of different memories are different, even
;; at the same address.
;;
;; Specification: core 3.0 (multiple memories), with the atomic instructions of the threads proposal; overview, "Shared
;; Linear Memory". Not for the reference interpreter of the threads proposal, which knows one memory only.

(module $Mem (memory (export "a") 1 1 shared) (memory (export "b") 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "a") 1 1 shared)
    (memory (import "mem" "b") 1 1 shared)
    (memory $private 1)
    (func (export "run") (result i32)
      (i32.store 2 (i32.const 0) (i32.const 10))
      (i32.store 0 (i32.const 8) (i32.const 11))
      (i32.store 1 (i32.const 8) (i32.const 12))
      (memory.atomic.wait32 1 (i32.const 0) (i32.const 0) (i64.const -1)))
    (func (export "private") (result i32) (i32.load 2 (i32.const 0)))
  )
  (assert_return (invoke "run") (i32.const 0))
  (assert_return (invoke "private") (i32.const 10))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    ;; The same memories, in the other order.
    (memory (import "mem" "b") 1 1 shared)
    (memory (import "mem" "a") 1 1 shared)
    (memory $private 1)
    (func (export "notify-other") (result i32)
      (i32.add
        (memory.atomic.notify 1 (i32.const 0) (i32.const -1))
        (memory.atomic.notify 2 (i32.const 0) (i32.const -1))))
    (func (export "notify")
      (loop $again
        (br_if $again (i32.eqz (memory.atomic.notify 0 (i32.const 0) (i32.const -1))))))
    (func (export "words") (result i32 i32 i32)
      (i32.load 2 (i32.const 0)) (i32.load 0 (i32.const 8)) (i32.load 1 (i32.const 8)))
  )
  (assert_return (invoke "notify-other") (i32.const 0))
  (assert_return (invoke "notify"))
  (assert_return (invoke "words") (i32.const 0) (i32.const 12) (i32.const 11))
)

(wait $Waiter)
(wait $Notifier)

;; Two agents pass 200 numbers through their private memories: each copies the number from one shared memory to the
;; private one, adds one there, and copies the sum to the other shared memory.

(module $Mem (memory (export "a") 1 1 shared) (memory (export "b") 1 1 shared))

(thread $Forth (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "a") 1 1 shared)
    (memory (import "mem" "b") 1 1 shared)
    (memory 1)
    (func (export "run")
      (local $n i32)
      (loop $next
        (loop $early
          (if (i32.ne (i32.atomic.load 0 (i32.const 0)) (local.get $n))
            (then
              (drop (memory.atomic.wait32 0 (i32.const 0) (i32.sub (local.get $n) (i32.const 1)) (i64.const -1)))
              (br $early))))
        (memory.copy 2 0 (i32.const 64) (i32.const 16) (i32.const 8))
        (i64.store 2 (i32.const 64) (i64.add (i64.load 2 (i32.const 64)) (i64.const 1)))
        (memory.copy 1 2 (i32.const 16) (i32.const 64) (i32.const 8))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (i32.atomic.store 1 (i32.const 0) (local.get $n))
        (drop (memory.atomic.notify 1 (i32.const 0) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 100)))))
  )
  (assert_return (invoke "run"))
)

(thread $Back (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "a") 1 1 shared)
    (memory (import "mem" "b") 1 1 shared)
    (memory 1)
    (func (export "run") (result i64)
      (local $n i32)
      (loop $next
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (loop $early
          (if (i32.ne (i32.atomic.load 1 (i32.const 0)) (local.get $n))
            (then
              (drop (memory.atomic.wait32 1 (i32.const 0) (i32.sub (local.get $n) (i32.const 1)) (i64.const -1)))
              (br $early))))
        (memory.copy 2 1 (i32.const 64) (i32.const 16) (i32.const 8))
        (i64.store 2 (i32.const 64) (i64.add (i64.load 2 (i32.const 64)) (i64.const 1)))
        (memory.copy 0 2 (i32.const 16) (i32.const 64) (i32.const 8))
        (i32.atomic.store 0 (i32.const 0) (local.get $n))
        (drop (memory.atomic.notify 0 (i32.const 0) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 100))))
      (i64.load 0 (i32.const 16)))
  )
  (assert_return (invoke "run") (i64.const 200))
)

(wait $Forth)
(wait $Back)
