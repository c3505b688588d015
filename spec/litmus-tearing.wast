;; Tearing: an access of several bytes that is not allowed to tear reads what one write has written, never a mixture of
;; two. That goes for atomic accesses of every width, and for plain ones of at most 32 bits that are aligned. Plain
;; 64-bit accesses and unaligned ones may tear, but each byte is one that somebody has written.
;;
;; Specification: execution, runtime structure, "Actions" (tearing), and relaxed memory model ("no tear").
;;
;; Two agents write, the one bytes 0x11, the other bytes 0xee; a third reads until both are through, which they count at
;; 0; at 4 they count how many are there, and begin together. A whole value is one byte repeated: a multiple of 0x0101…
;;
;; Races by design: plain accesses of what others write.

(module $Mem (memory (export "mem") 1 1 shared))
(register "mem" $Mem)

;; The first writes of the locations, in their widths: a mixture of the initial zeros with one write would be no tearing.
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "init")
    (i64.atomic.store (i32.const 8) (i64.const 0))
    (i32.atomic.store (i32.const 16) (i32.const 0))
    (i32.atomic.store16 (i32.const 20) (i32.const 0))
    (i64.atomic.store (i32.const 24) (i64.const 0))
    (i32.store (i32.const 32) (i32.const 0))
    (i64.store32 (i32.const 36) (i64.const 0))
    (i32.store16 (i32.const 40) (i32.const 0)))
)
(assert_return (invoke "init"))

(thread $Writer1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Fills all locations with bytes 0x11, 2000 times.
    (func (export "run")
      (local $n i32)
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 4)) (i32.const 3))))
      (loop $next
        (i64.atomic.store (i32.const 8) (i64.const 0x1111111111111111))
        (i32.atomic.store (i32.const 16) (i32.const 0x11111111))
        (i32.atomic.store16 (i32.const 20) (i32.const 0x1111))
        (drop (i64.atomic.rmw.xchg (i32.const 24) (i64.const 0x1111111111111111)))
        (i32.store (i32.const 32) (i32.const 0x11111111))
        (i64.store32 (i32.const 36) (i64.const 0x11111111))
        (i32.store16 (i32.const 40) (i32.const 0x1111))
        (i64.store (i32.const 48) (i64.const 0x1111111111111111))
        (i32.store (i32.const 57) (i32.const 0x11111111))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 2000))))
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  )
  (assert_return (invoke "run"))
)

(thread $Writer2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Fills all locations with bytes 0xee, 2000 times.
    (func (export "run")
      (local $n i32)
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 4)) (i32.const 3))))
      (loop $next
        (i64.atomic.store (i32.const 8) (i64.const 0xeeeeeeeeeeeeeeee))
        (i32.atomic.store (i32.const 16) (i32.const 0xeeeeeeee))
        (i32.atomic.store16 (i32.const 20) (i32.const 0xeeee))
        (drop (i64.atomic.rmw.xchg (i32.const 24) (i64.const 0xeeeeeeeeeeeeeeee)))
        (i32.store (i32.const 32) (i32.const 0xeeeeeeee))
        (i64.store32 (i32.const 36) (i64.const 0xeeeeeeee))
        (i32.store16 (i32.const 40) (i32.const 0xeeee))
        (i64.store (i32.const 48) (i64.const 0xeeeeeeeeeeeeeeee))
        (i32.store (i32.const 57) (i32.const 0xeeeeeeee))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 2000))))
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  )
  (assert_return (invoke "run"))
)

(thread $Reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $torn16 (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 0x0101)))
    (func $torn32 (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 0x01010101)))
    (func $torn64 (param i64) (result i32)
      (i64.ne (i64.rem_u (local.get 0) (i64.const 0x0101010101010101)) (i64.const 0)))
    ;; Is there a byte that is neither 0x00, 0x11 nor 0xee?
    (func $stray (param $value i64) (result i32)
      (local $byte i32) (local $stray i32)
      (loop $next
        (local.set $byte (i32.and (i32.wrap_i64 (local.get $value)) (i32.const 0xff)))
        (local.set $stray
          (i32.or
            (local.get $stray)
            (i32.and
              (i32.ne (local.get $byte) (i32.const 0))
              (i32.and (i32.ne (local.get $byte) (i32.const 0x11)) (i32.ne (local.get $byte) (i32.const 0xee))))))
        (local.set $value (i64.shr_u (local.get $value) (i64.const 8)))
        (br_if $next (i64.ne (local.get $value) (i64.const 0))))
      (local.get $stray))
    (global $torn (mut i32) (i32.const 0))
    (func $note (param i32)
      (global.set $torn (i32.or (global.get $torn) (local.get 0))))
    (func (export "run") (result i32)
      (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 4)) (i32.const 3))))
      (loop $again
        (call $note (call $torn64 (i64.atomic.load (i32.const 8))))
        (call $note (call $torn32 (i32.atomic.load (i32.const 16))))
        (call $note (call $torn16 (i32.atomic.load16_u (i32.const 20))))
        (call $note (call $torn64 (i64.atomic.rmw.add (i32.const 24) (i64.const 0))))
        (call $note (call $torn32 (i32.load (i32.const 32))))
        (call $note (call $torn32 (i32.wrap_i64 (i64.load32_u (i32.const 36)))))
        (call $note (call $torn16 (i32.load16_u (i32.const 40))))
        (call $note (call $stray (i64.load (i32.const 48))))
        (call $note (call $stray (i64.load32_u (i32.const 57))))
        (br_if $again (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 2))))
      (global.get $torn))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Writer1)
(wait $Writer2)
(wait $Reader)
