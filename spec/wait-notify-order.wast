;; What a notify publishes: everything written before a notify, plainly, is read by an agent that it woke; and growth of
;; the memory publishes likewise what was written before it. No atomic access to the data or to a flag is needed.
;;
;; Specification: execution, relaxed memory model: all operations on one wait queue are totally ordered by happens-before
;; ("suspensions consistent"); "memory.grow" (an atomic read-modify-write of the length) and "memory.size" (an atomic
;; read of it).

(module $Mem (memory (export "mem") 1 33 shared))

(thread $Sender (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 33 shared)
    ;; Writes $n to 8 words, and wakes the receiver, who waits at 0, where nobody ever writes.
    (func $send (param $n i32)
      (local $address i32)
      (local.set $address (i32.const 64))
      (loop $next
        (i32.store (local.get $address) (local.get $n))
        (local.set $address (i32.add (local.get $address) (i32.const 64)))
        (br_if $next (i32.le_u (local.get $address) (i32.const 512))))
      (loop $again
        (br_if $again (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1))))))
    (func (export "notify")
      (local $n i32)
      (loop $next
        (call $send (local.tee $n (i32.add (local.get $n) (i32.const 1))))
        ;; The receiver waits again once it has read.
        (loop $again
          (br_if $again (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1)))))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 200)))))
    ;; Grows the memory page by page, having written into word P before growth beyond page P.
    (func (export "grow")
      (local $page i32)
      (loop $next
        (local.set $page (i32.add (local.get $page) (i32.const 1)))
        (i32.store offset=1024 (i32.shl (local.get $page) (i32.const 2)) (local.get $page))
        (drop (memory.grow (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $page) (i32.const 32)))))
  )
  (assert_return (invoke "notify"))
  (assert_return (invoke "grow"))
)

(thread $Receiver (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 33 shared)
    ;; Returns how many words were not those sent.
    (func (export "notify") (result i32)
      (local $n i32) (local $address i32) (local $wrong i32)
      (loop $next
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (local.set $address (i32.const 64))
        (loop $word
          (local.set $wrong
            (i32.add (local.get $wrong) (i32.ne (i32.load (local.get $address)) (local.get $n))))
          (local.set $address (i32.add (local.get $address) (i32.const 64)))
          (br_if $word (i32.le_u (local.get $address) (i32.const 512))))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 200))))
      (local.get $wrong))
    ;; Returns how many words were missing, of those that the size promises.
    (func (export "grow") (result i32)
      (local $size i32) (local $wrong i32)
      (loop $again
        (local.set $size (memory.size))
        (if (i32.gt_u (local.get $size) (i32.const 1))
          (then
            (local.set $size (i32.sub (local.get $size) (i32.const 1)))
            (local.set $wrong
              (i32.add
                (local.get $wrong)
                (i32.ne
                  (i32.load offset=1024 (i32.shl (local.get $size) (i32.const 2)))
                  (local.get $size))))))
        (br_if $again (i32.lt_u (local.get $size) (i32.const 32))))
      (local.get $wrong))
  )
  (assert_return (invoke "notify") (i32.const 0))
  (assert_return (invoke "grow") (i32.const 0))
)

(wait $Sender)
(wait $Receiver)
