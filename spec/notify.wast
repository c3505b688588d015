;; memory.atomic.notify without a partner: nobody waits, so it returns 0, whatever the count and the value in memory;
;; and every trap, on a shared and on an unshared memory.
;;
;; Specification: execution, "memory.atomic.notify"; overview, "Notify".

;; On a shared memory.

(module
  (memory 1 1 shared)
  (data (i32.const 0) "\01\23\45\67")
  (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "notify+8") (param i32) (result i32)
    (memory.atomic.notify offset=8 (local.get 0) (i32.const 1)))
  (func (export "notify+max") (param i32) (result i32)
    (memory.atomic.notify offset=0xfffffff8 (local.get 0) (i32.const 1)))
)

(assert_return (invoke "notify" (i32.const 0) (i32.const 0)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const 0x7fffffff)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const 0x80000000)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 4) (i32.const 1)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 65532) (i32.const 1)) (i32.const 0))
(assert_return (invoke "notify+8" (i32.const 65524)) (i32.const 0))
(assert_return (invoke "peek" (i32.const 0)) (i32.const 0x67452301))

;; It traps even where the count is 0 and there is nobody to wake.
(assert_trap (invoke "notify" (i32.const 1) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 2) (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 3) (i32.const -1)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 65536) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "notify" (i32.const 65536) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "notify" (i32.const 0xfffffffc) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "notify+8" (i32.const 65528)) "out of bounds memory access")
(assert_trap (invoke "notify+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "notify+max" (i32.const 8)) "out of bounds memory access")

;; On an unshared memory.

(module
  (memory 1 1)
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "notify+max") (param i32) (result i32)
    (memory.atomic.notify offset=0xfffffff8 (local.get 0) (i32.const 1)))
)

(assert_return (invoke "notify" (i32.const 0) (i32.const 0)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const 1)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 0) (i32.const -1)) (i32.const 0))
(assert_return (invoke "notify" (i32.const 65532) (i32.const 1)) (i32.const 0))
(assert_trap (invoke "notify" (i32.const 1) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 2) (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 3) (i32.const -1)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 65536) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "notify" (i32.const 0xfffffffc) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "notify+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "notify+max" (i32.const 8)) "out of bounds memory access")
