;; A bounded queue of four slots between two producers and two consumers: each of 800 numbers arrives once, and those of
;; one producer arrive at each consumer in order. Producers and consumers draw tickets; ticket T has slot T mod 4, and
;; its turn there in the round T / 4: the slot's turn is twice the round for the producer, and one more for the consumer.
;;
;; Specification: execution, relaxed memory model (a slot's plain value, written before its turn was advanced, is read
;; after the turn was seen), "t.atomic.rmw(N_u).atop", "memory.atomic.wait(N)" and "memory.atomic.notify".
;;
;;      0  the next ticket for a consumer
;;      4  the next ticket for a producer
;;     64  four slots of 8 bytes: the turn and the value
;;  0x100  how often each number has arrived, in bytes

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Producer1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Waits until it is $turn in $slot.
    (func $await (param $slot i32) (param $turn i32)
      (local $now i32)
      (loop $early
        (local.set $now (i32.atomic.load (local.get $slot)))
        (if (i32.ne (local.get $now) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 (local.get $slot) (local.get $now) (i64.const -1)))
            (br $early)))))
    (func $advance (param $slot i32)
      (drop (i32.atomic.rmw.add (local.get $slot) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $slot) (i32.const -1))))
    (func $put (param $value i32)
      (local $ticket i32) (local $slot i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (local.set $slot
        (i32.add (i32.const 64) (i32.shl (i32.and (local.get $ticket) (i32.const 3)) (i32.const 3))))
      (call $await (local.get $slot) (i32.shl (i32.shr_u (local.get $ticket) (i32.const 2)) (i32.const 1)))
      (i32.store offset=4 (local.get $slot) (local.get $value))
      (call $advance (local.get $slot)))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $put (i32.add (i32.shl (local.get $n) (i32.const 1)) (i32.const 0)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 400)))))
  )
  (assert_return (invoke "run"))
)

(thread $Producer2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Waits until it is $turn in $slot.
    (func $await (param $slot i32) (param $turn i32)
      (local $now i32)
      (loop $early
        (local.set $now (i32.atomic.load (local.get $slot)))
        (if (i32.ne (local.get $now) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 (local.get $slot) (local.get $now) (i64.const -1)))
            (br $early)))))
    (func $advance (param $slot i32)
      (drop (i32.atomic.rmw.add (local.get $slot) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $slot) (i32.const -1))))
    (func $put (param $value i32)
      (local $ticket i32) (local $slot i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (local.set $slot
        (i32.add (i32.const 64) (i32.shl (i32.and (local.get $ticket) (i32.const 3)) (i32.const 3))))
      (call $await (local.get $slot) (i32.shl (i32.shr_u (local.get $ticket) (i32.const 2)) (i32.const 1)))
      (i32.store offset=4 (local.get $slot) (local.get $value))
      (call $advance (local.get $slot)))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $put (i32.add (i32.shl (local.get $n) (i32.const 1)) (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 400)))))
  )
  (assert_return (invoke "run"))
)

(thread $Consumer1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Waits until it is $turn in $slot.
    (func $await (param $slot i32) (param $turn i32)
      (local $now i32)
      (loop $early
        (local.set $now (i32.atomic.load (local.get $slot)))
        (if (i32.ne (local.get $now) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 (local.get $slot) (local.get $now) (i64.const -1)))
            (br $early)))))
    (func $advance (param $slot i32)
      (drop (i32.atomic.rmw.add (local.get $slot) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $slot) (i32.const -1))))
    (func $take (result i32)
      (local $ticket i32) (local $slot i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (local.set $slot
        (i32.add (i32.const 64) (i32.shl (i32.and (local.get $ticket) (i32.const 3)) (i32.const 3))))
      (call $await
        (local.get $slot)
        (i32.add (i32.shl (i32.shr_u (local.get $ticket) (i32.const 2)) (i32.const 1)) (i32.const 1)))
      (i32.load offset=4 (local.get $slot))
      (call $advance (local.get $slot)))
    ;; Returns how often a number came after a later one of the same producer.
    (func (export "run") (result i32)
      (local $n i32) (local $value i32) (local $wrong i32)
      (local $last-even i32) (local $last-odd i32)
      (loop $next
        (local.set $value (call $take))
        (drop (i32.atomic.rmw8.add_u offset=0x100 (local.get $value) (i32.const 1)))
        (if (i32.and (local.get $value) (i32.const 1))
          (then
            (local.set $wrong
              (i32.add (local.get $wrong) (i32.lt_u (local.get $value) (local.get $last-odd))))
            (local.set $last-odd (local.get $value)))
          (else
            (local.set $wrong
              (i32.add (local.get $wrong) (i32.lt_u (local.get $value) (local.get $last-even))))
            (local.set $last-even (local.get $value))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 400))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Consumer2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Waits until it is $turn in $slot.
    (func $await (param $slot i32) (param $turn i32)
      (local $now i32)
      (loop $early
        (local.set $now (i32.atomic.load (local.get $slot)))
        (if (i32.ne (local.get $now) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 (local.get $slot) (local.get $now) (i64.const -1)))
            (br $early)))))
    (func $advance (param $slot i32)
      (drop (i32.atomic.rmw.add (local.get $slot) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $slot) (i32.const -1))))
    (func $take (result i32)
      (local $ticket i32) (local $slot i32)
      (local.set $ticket (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (local.set $slot
        (i32.add (i32.const 64) (i32.shl (i32.and (local.get $ticket) (i32.const 3)) (i32.const 3))))
      (call $await
        (local.get $slot)
        (i32.add (i32.shl (i32.shr_u (local.get $ticket) (i32.const 2)) (i32.const 1)) (i32.const 1)))
      (i32.load offset=4 (local.get $slot))
      (call $advance (local.get $slot)))
    ;; Returns how often a number came after a later one of the same producer.
    (func (export "run") (result i32)
      (local $n i32) (local $value i32) (local $wrong i32)
      (local $last-even i32) (local $last-odd i32)
      (loop $next
        (local.set $value (call $take))
        (drop (i32.atomic.rmw8.add_u offset=0x100 (local.get $value) (i32.const 1)))
        (if (i32.and (local.get $value) (i32.const 1))
          (then
            (local.set $wrong
              (i32.add (local.get $wrong) (i32.lt_u (local.get $value) (local.get $last-odd))))
            (local.set $last-odd (local.get $value)))
          (else
            (local.set $wrong
              (i32.add (local.get $wrong) (i32.lt_u (local.get $value) (local.get $last-even))))
            (local.set $last-even (local.get $value))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 400))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Producer1)
(wait $Producer2)
(wait $Consumer1)
(wait $Consumer2)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "arrived-once") (result i32)
    (local $number i32) (local $count i32)
    (loop $next
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.eq (i32.load8_u offset=0x100 (local.get $number)) (i32.const 1))))
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $number) (i32.const 800))))
    (local.get $count))
)
(assert_return (invoke "load" (i32.const 0)) (i32.const 800))
(assert_return (invoke "load" (i32.const 4)) (i32.const 800))
(assert_return (invoke "load" (i32.const 64)) (i32.const 400))
(assert_return (invoke "arrived-once") (i32.const 800))
