;; Read-modify-writes by three agents on the same locations: each is one indivisible step, so none is lost, and each
;; agent gets an old value of its own. Neighbouring bytes that are changed by accesses of other widths do not suffer.
;;
;; Specification: execution, relaxed memory model: a read-modify-write reads from the write that precedes it.
;;
;; Each agent makes 1001 rounds.
;;    0  a counter; its old values index the bytes from 0x10000, each of which is thus counted up once
;;    8  four counters in one 8-byte line: 8-bit by 1; at 10, 16-bit by 3; at 12, 32-bit by -1 (byte 9 stays 0)
;;   16  a 64-bit counter by 1 in each half
;;   24  three 16-bit words, one for each agent, inverted in each round
;;   32  a set of bits to which each agent adds its own
;;   36  a set of bits from which each agent removes its own
;;   40  a counter by 2, through compare-exchange
;;   44  in how many rounds a compare-exchange from 0 succeeded, of three agents on the same byte (from 0x11000)
;;   48  in how many rounds an exchange returned 0, of three agents on the same byte (from 0x12000)
;;   52  how many agents are there; they begin together

(module $Mem (memory (export "mem") 2 2 shared))
(register "mem" $Mem)

(module
  (memory (import "mem" "mem") 2 2 shared)
  (func (export "init") (i32.store (i32.const 36) (i32.const -1)))
)
(assert_return (invoke "init"))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 2 2 shared)
    (func (export "run")
      (local $n i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 52) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 52)) (i32.const 3))))
      (loop $next
        (local.set $old (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u offset=0x10000 (local.get $old) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw16.add_u (i32.const 10) (i32.const 3)))
        (drop (i64.atomic.rmw32.sub_u (i32.const 12) (i64.const 1)))
        (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 0x100000001)))
        (drop (i64.atomic.rmw16.xor_u (i32.const 24) (i64.const 0xffff)))
        (drop (i32.atomic.rmw.or (i32.const 32) (i32.shl (i32.const 1) (i32.const 1))))
        (drop (i32.atomic.rmw.and (i32.const 36) (i32.xor (i32.shl (i32.const 1) (i32.const 1)) (i32.const -1))))
        (loop $retry
          (local.set $old (i32.atomic.load (i32.const 40)))
          (br_if $retry
            (i32.ne
              (i32.atomic.rmw.cmpxchg (i32.const 40) (local.get $old) (i32.add (local.get $old) (i32.const 2)))
              (local.get $old))))
        (if (i32.eqz (i32.atomic.rmw8.cmpxchg_u offset=0x11000 (local.get $n) (i32.const 0) (i32.const 1)))
          (then (drop (i32.atomic.rmw.add (i32.const 44) (i32.const 1)))))
        (if (i32.eqz (i32.atomic.rmw8.xchg_u offset=0x12000 (local.get $n) (i32.const 1)))
          (then (drop (i32.atomic.rmw.add (i32.const 48) (i32.const 1)))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1001)))))
  )
  (assert_return (invoke "run"))
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 2 2 shared)
    (func (export "run")
      (local $n i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 52) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 52)) (i32.const 3))))
      (loop $next
        (local.set $old (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u offset=0x10000 (local.get $old) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw16.add_u (i32.const 10) (i32.const 3)))
        (drop (i64.atomic.rmw32.sub_u (i32.const 12) (i64.const 1)))
        (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 0x100000001)))
        (drop (i64.atomic.rmw16.xor_u (i32.const 26) (i64.const 0xffff)))
        (drop (i32.atomic.rmw.or (i32.const 32) (i32.shl (i32.const 1) (i32.const 2))))
        (drop (i32.atomic.rmw.and (i32.const 36) (i32.xor (i32.shl (i32.const 1) (i32.const 2)) (i32.const -1))))
        (loop $retry
          (local.set $old (i32.atomic.load (i32.const 40)))
          (br_if $retry
            (i32.ne
              (i32.atomic.rmw.cmpxchg (i32.const 40) (local.get $old) (i32.add (local.get $old) (i32.const 2)))
              (local.get $old))))
        (if (i32.eqz (i32.atomic.rmw8.cmpxchg_u offset=0x11000 (local.get $n) (i32.const 0) (i32.const 2)))
          (then (drop (i32.atomic.rmw.add (i32.const 44) (i32.const 1)))))
        (if (i32.eqz (i32.atomic.rmw8.xchg_u offset=0x12000 (local.get $n) (i32.const 2)))
          (then (drop (i32.atomic.rmw.add (i32.const 48) (i32.const 1)))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1001)))))
  )
  (assert_return (invoke "run"))
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 2 2 shared)
    (func (export "run")
      (local $n i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 52) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 52)) (i32.const 3))))
      (loop $next
        (local.set $old (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u offset=0x10000 (local.get $old) (i32.const 1)))
        (drop (i32.atomic.rmw8.add_u (i32.const 8) (i32.const 1)))
        (drop (i32.atomic.rmw16.add_u (i32.const 10) (i32.const 3)))
        (drop (i64.atomic.rmw32.sub_u (i32.const 12) (i64.const 1)))
        (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 0x100000001)))
        (drop (i64.atomic.rmw16.xor_u (i32.const 28) (i64.const 0xffff)))
        (drop (i32.atomic.rmw.or (i32.const 32) (i32.shl (i32.const 1) (i32.const 3))))
        (drop (i32.atomic.rmw.and (i32.const 36) (i32.xor (i32.shl (i32.const 1) (i32.const 3)) (i32.const -1))))
        (loop $retry
          (local.set $old (i32.atomic.load (i32.const 40)))
          (br_if $retry
            (i32.ne
              (i32.atomic.rmw.cmpxchg (i32.const 40) (local.get $old) (i32.add (local.get $old) (i32.const 2)))
              (local.get $old))))
        (if (i32.eqz (i32.atomic.rmw8.cmpxchg_u offset=0x11000 (local.get $n) (i32.const 0) (i32.const 3)))
          (then (drop (i32.atomic.rmw.add (i32.const 44) (i32.const 1)))))
        (if (i32.eqz (i32.atomic.rmw8.xchg_u offset=0x12000 (local.get $n) (i32.const 3)))
          (then (drop (i32.atomic.rmw.add (i32.const 48) (i32.const 1)))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1001)))))
  )
  (assert_return (invoke "run"))
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)

(module
  (memory (import "mem" "mem") 2 2 shared)
  (func (export "i32") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "i64") (param i32) (result i64) (i64.load (local.get 0)))
  ;; How many of the $count bytes from $from are not 1?
  (func (export "not-one") (param $from i32) (param $count i32) (result i32)
    (local $wrong i32)
    (loop $next
      (local.set $wrong
        (i32.add (local.get $wrong) (i32.ne (i32.load8_u (local.get $from)) (i32.const 1))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $wrong))
)
(assert_return (invoke "i32" (i32.const 0)) (i32.const 3003))
(assert_return (invoke "not-one" (i32.const 0x10000) (i32.const 3003)) (i32.const 0))
(assert_return (invoke "i64" (i32.const 8)) (i64.const 0xfffff445_2331_00_bb))
(assert_return (invoke "i64" (i32.const 16)) (i64.const 0x00000bbb_00000bbb))
(assert_return (invoke "i64" (i32.const 24)) (i64.const 0x0000_ffff_ffff_ffff))
(assert_return (invoke "i32" (i32.const 32)) (i32.const 0x0000000e))
(assert_return (invoke "i32" (i32.const 36)) (i32.const 0xfffffff1))
(assert_return (invoke "i32" (i32.const 40)) (i32.const 6006))
(assert_return (invoke "i32" (i32.const 44)) (i32.const 1001))
(assert_return (invoke "i32" (i32.const 48)) (i32.const 1001))
