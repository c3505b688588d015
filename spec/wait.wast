;; memory.atomic.wait32 and wait64 without a partner: a value that differs (1), a timeout that passes (2), and every
;; trap. Nothing here waits longer than a millisecond.
;;
;; Specification: execution, "memory.atomic.wait(N)"; overview, "Wait".

(module
  (memory 1 1 shared)
  (data (i32.const 0) "\01\23\45\67\89\ab\cd\ef")
  (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  ;; "+max": with a static offset that carries the effective address past 4 GiB
  (func (export "wait32+max") (param i32) (result i32)
    (memory.atomic.wait32 offset=0xfffffff8 (local.get 0) (i32.const 0) (i64.const 0)))
  (func (export "wait64+max") (param i32) (result i32)
    (memory.atomic.wait64 offset=0xfffffff8 (local.get 0) (i64.const 0) (i64.const 0)))
)

;; Not equal: no waiting, whatever the timeout.
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 0)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 1000000000000)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 0x8000000000000000)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const 0)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const 1000000000000)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const -1)) (i32.const 1))

;; All bits of the width are compared, and no others.
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0x67452300) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0xe7452301) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 0x67452301) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait32" (i32.const 4) (i32.const 0xefcdab89) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0x67452301) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0xefcdab8900000000) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0x6fcdab8967452301) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 0) (i64.const 0xefcdab8967452301) (i64.const 0)) (i32.const 2))

;; Equal: nobody notifies, so the timeout passes.
(assert_return (invoke "wait32" (i32.const 8) (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait32" (i32.const 8) (i32.const 0) (i64.const 1)) (i32.const 2))
(assert_return (invoke "wait32" (i32.const 8) (i32.const 0) (i64.const 999999)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 8) (i64.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 8) (i64.const 0) (i64.const 1)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 8) (i64.const 0) (i64.const 999999)) (i32.const 2))

;; The last valid address.
(assert_return (invoke "wait32" (i32.const 65532) (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait32" (i32.const 65532) (i32.const 1) (i64.const 0)) (i32.const 1))
(assert_return (invoke "wait64" (i32.const 65528) (i64.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 65528) (i64.const 1) (i64.const 0)) (i32.const 1))

;; Traps come before the comparison.
(assert_trap (invoke "wait32" (i32.const 1) (i32.const -1) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 2) (i32.const -1) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 3) (i32.const -1) (i64.const -1)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 1) (i64.const -1) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 2) (i64.const -1) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 4) (i64.const -1) (i64.const -1)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 65536) (i32.const -1) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait32" (i32.const 0xfffffffc) (i32.const -1) (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "wait64" (i32.const 65536) (i64.const -1) (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait64" (i32.const 0xfffffff8) (i64.const -1) (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "wait32+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait32+max" (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "wait64+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "wait64+max" (i32.const 8)) "out of bounds memory access")

;; A wait writes nothing.
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xefcdab8967452301))
(assert_return (invoke "peek" (i32.const 8)) (i64.const 0))

;; An unshared memory: a wait always traps, even where it would not have waited.

(module
  (memory 1 1)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
)

(assert_trap (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const 0)) "expected shared memory")
(assert_trap (invoke "wait32" (i32.const 0) (i32.const 0) (i64.const -1)) "expected shared memory")
(assert_trap (invoke "wait32" (i32.const 0) (i32.const 1) (i64.const 0)) "expected shared memory")
(assert_trap (invoke "wait32" (i32.const 65532) (i32.const 0) (i64.const 0)) "expected shared memory")
(assert_trap (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const 0)) "expected shared memory")
(assert_trap (invoke "wait64" (i32.const 0) (i64.const 0) (i64.const -1)) "expected shared memory")
(assert_trap (invoke "wait64" (i32.const 0) (i64.const 1) (i64.const 0)) "expected shared memory")
(assert_trap (invoke "wait64" (i32.const 65528) (i64.const 0) (i64.const 0)) "expected shared memory")
