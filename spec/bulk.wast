;; Bulk memory instructions on a shared memory: init, copy and fill, in bounds and out; segments dropped in one instance
;; only; and bulk accesses of one agent seen by another after they have synchronized.
;;
;; Specification: execution, "memory.fill", "memory.copy", "memory.init" and "data.drop".

(module
  (memory 1 2 shared)
  (data $passive "\01\02\03\04\05\06\07\08")
  (data $active (i32.const 0) "\11\12\13\14\15\16\17\18")
  (func (export "init") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init-active") (param i32 i32 i32) (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $passive))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)

;; memory.copy, to a higher, a lower and the same address, with and without overlap.
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x1817161514131211))
(assert_return (invoke "copy" (i32.const 16) (i32.const 0) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 16)) (i64.const 0x1817161514131211))
(assert_return (invoke "copy" (i32.const 1) (i32.const 0) (i32.const 7)))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x1716151413121111))
(assert_return (invoke "copy" (i32.const 16) (i32.const 18) (i32.const 6)))
(assert_return (invoke "peek" (i32.const 16)) (i64.const 0x1817181716151413))
(assert_return (invoke "copy" (i32.const 16) (i32.const 16) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 16)) (i64.const 0x1817181716151413))
(assert_return (invoke "copy" (i32.const 65528) (i32.const 0) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x1716151413121111))

;; memory.fill: only the lowest byte of the value counts.
(assert_return (invoke "fill" (i32.const 32) (i32.const 0x12345678) (i32.const 5)))
(assert_return (invoke "peek" (i32.const 32)) (i64.const 0x0000007878787878))
(assert_return (invoke "fill" (i32.const 65535) (i32.const 0xff) (i32.const 1)))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0xff16151413121111))

;; memory.init; an active segment is dropped once it has been copied.
(assert_return (invoke "init" (i32.const 40) (i32.const 0) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 40)) (i64.const 0x0807060504030201))
(assert_return (invoke "init" (i32.const 41) (i32.const 6) (i32.const 2)))
(assert_return (invoke "peek" (i32.const 40)) (i64.const 0x0807060504080701))
(assert_trap (invoke "init-active" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "init-active" (i32.const 0) (i32.const 0) (i32.const 0)))

;; An access that does not fit traps, and nothing has been written.
(assert_trap (invoke "copy" (i32.const 65529) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 65529) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 65529) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 1) (i32.const 0) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 65529) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 0) (i32.const 1) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 0) (i32.const -1) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0xff16151413121111))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x1716151413121111))

;; Nothing at the end is in bounds; nothing beyond it is not.
(assert_return (invoke "copy" (i32.const 65536) (i32.const 65536) (i32.const 0)))
(assert_return (invoke "fill" (i32.const 65536) (i32.const 0) (i32.const 0)))
(assert_return (invoke "init" (i32.const 65536) (i32.const 8) (i32.const 0)))
(assert_trap (invoke "copy" (i32.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 65537) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 0) (i32.const 9) (i32.const 0)) "out of bounds memory access")

;; After growth there is more to fill.
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "fill" (i32.const 65532) (i32.const 7) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 65532)) (i64.const 0x0707070707070707))
(assert_return (invoke "copy" (i32.const 131064) (i32.const 65532) (i32.const 8)))
(assert_return (invoke "peek" (i32.const 131064)) (i64.const 0x0707070707070707))
(assert_trap (invoke "fill" (i32.const 131065) (i32.const 0) (i32.const 8)) "out of bounds memory access")

;; A dropped segment is empty.
(assert_return (invoke "drop"))
(assert_return (invoke "drop"))
(assert_return (invoke "init" (i32.const 0) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")

;; Segments belong to an instance, not to the memory: $Dropper drops its own, while $Keeper, who has the same module,
;; keeps its own. Then $Keeper copies what $Dropper has filled.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Dropper (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $segment "abcdefgh")
    (func (export "run")
      (memory.init $segment (i32.const 64) (i32.const 0) (i32.const 4))
      (data.drop $segment)
      (memory.fill (i32.const 68) (i32.const 0x2e) (i32.const 4))
      (memory.copy (i32.const 72) (i32.const 64) (i32.const 8))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))
    (func (export "init") (memory.init $segment (i32.const 128) (i32.const 0) (i32.const 8)))
  )
  (assert_return (invoke "run"))
  (assert_trap (invoke "init") "out of bounds memory access")
)

(thread $Keeper (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $segment "abcdefgh")
    (func (export "run") (result i64)
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (memory.copy (i32.const 80) (i32.const 72) (i32.const 8))
      (i64.load (i32.const 80)))
    (func (export "init") (result i64)
      (memory.init $segment (i32.const 136) (i32.const 0) (i32.const 8))
      (i64.load (i32.const 136)))
  )
  (assert_return (invoke "run") (i64.const 0x2e2e2e2e64636261))
  (assert_return (invoke "init") (i64.const 0x6867666564636261))
)

(wait $Dropper)
(wait $Keeper)

;; Two agents fill neighbouring bytes at once, and a third copies between them: nobody touches what is not his.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Low (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (loop $next
        (memory.fill (i32.const 1) (i32.const 0x55) (i32.const 6))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500)))))
  )
  (assert_return (invoke "run"))
)

(thread $High (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (loop $next
        (memory.copy (i32.const 9) (i32.const 24) (i32.const 6))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500)))))
  )
  (assert_return (invoke "run"))
)

(thread $Between (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (i64.store (i32.const 32) (i64.const 0x9999999999999999))
      (loop $next
        (memory.copy (i32.const 7) (i32.const 32) (i32.const 2))
        (drop (i32.atomic.rmw8.add_u (i32.const 0) (i32.const 1)))
        (i32.store8 (i32.const 15) (local.get $n))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500)))))
  )
  (assert_return (invoke "run"))
)

(wait $Low)
(wait $High)
(wait $Between)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
)
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x99555555555555f4))
(assert_return (invoke "peek" (i32.const 8)) (i64.const 0xf300000000000099))
