;; The effective address of an atomic access is the address operand plus the static offset, as one integer without
;; wrap-around. It is the effective address that must be aligned and in bounds, not the operand; and it is the
;; effective address that names a wait queue.
;;
;; Specification: execution, "Atomic Memory Instructions", steps "Let ea be i + memarg.offset" and following.
;; Not for the reference interpreter, which judges the alignment of the operand and names its queues by the operand.

(module
  (memory 1 1 shared)
  (data (i32.const 0) "\00\11\22\33\44\55\66\77\88\99\aa\bb\cc\dd\ee\ff")
  (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))

  (func (export "i32.load16_u") (param i32) (result i32)
    (i32.atomic.load16_u offset=1 (local.get 0)))
  (func (export "i32.load") (param i32) (result i32)
    (i32.atomic.load offset=1 (local.get 0)))
  (func (export "i64.load") (param i32) (result i64)
    (i64.atomic.load offset=1 (local.get 0)))
  (func (export "i64.store16") (param i32 i64)
    (i64.atomic.store16 offset=3 (local.get 0) (local.get 1)))
  (func (export "i64.store32") (param i32 i64)
    (i64.atomic.store32 offset=3 (local.get 0) (local.get 1)))
  (func (export "i32.rmw.add") (param i32 i32) (result i32)
    (i32.atomic.rmw.add offset=6 (local.get 0) (local.get 1)))
  (func (export "i64.rmw.xchg") (param i32 i64) (result i64)
    (i64.atomic.rmw.xchg offset=6 (local.get 0) (local.get 1)))
  (func (export "i32.rmw16.cmpxchg_u") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw16.cmpxchg_u offset=5 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait32") (param i32 i32) (result i32)
    (memory.atomic.wait32 offset=2 (local.get 0) (local.get 1) (i64.const 0)))
  (func (export "wait64") (param i32 i64) (result i32)
    (memory.atomic.wait64 offset=4 (local.get 0) (local.get 1) (i64.const 0)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify offset=2 (local.get 0) (i32.const 1)))

  (func (export "i32.load+max") (param i32) (result i32)
    (i32.atomic.load offset=0xffffffff (local.get 0)))
  (func (export "i64.store+max") (param i32)
    (i64.atomic.store offset=0xffffffff (local.get 0) (i64.const -1)))
  (func (export "i64.rmw.or+max") (param i32) (result i64)
    (i64.atomic.rmw.or offset=0xffffffff (local.get 0) (i64.const -1)))
  (func (export "i32.rmw.cmpxchg+max") (param i32) (result i32)
    (i32.atomic.rmw.cmpxchg offset=0xffffffff (local.get 0) (i32.const 0x33221100) (i32.const -1)))
  (func (export "wait32+max") (param i32) (result i32)
    (memory.atomic.wait32 offset=0xffffffff (local.get 0) (i32.const 0) (i64.const 0)))
  (func (export "notify+max") (param i32) (result i32)
    (memory.atomic.notify offset=0xffffffff (local.get 0) (i32.const 1)))
)

;; An unaligned operand with an aligned effective address is fine.
(assert_return (invoke "i32.load16_u" (i32.const 1)) (i32.const 0x3322))
(assert_return (invoke "i32.load" (i32.const 3)) (i32.const 0x77665544))
(assert_return (invoke "i64.load" (i32.const 7)) (i64.const 0xffeeddccbbaa9988))
(assert_return (invoke "i64.store16" (i32.const 1) (i64.const 0x4545)))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x7766454533221100))
(assert_return (invoke "i64.store32" (i32.const 1) (i64.const 0x77665544)))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x7766554433221100))
(assert_return (invoke "i32.rmw.add" (i32.const 2) (i32.const 1)) (i32.const 0xbbaa9988))
(assert_return (invoke "i64.rmw.xchg" (i32.const 2) (i64.const 0xffeeddccbbaa9988)) (i64.const 0xffeeddccbbaa9989))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 1) (i32.const 0x7766) (i32.const 0)) (i32.const 0x7766))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x0000554433221100))
(assert_return (invoke "wait32" (i32.const 2) (i32.const 0)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 2) (i32.const 0x5544)) (i32.const 2))
(assert_return (invoke "wait64" (i32.const 4) (i64.const 0)) (i32.const 1))
(assert_return (invoke "notify" (i32.const 2)) (i32.const 0))

;; An aligned operand with an unaligned effective address traps.
(assert_trap (invoke "i32.load16_u" (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 8)) "unaligned atomic")
(assert_trap (invoke "i64.store16" (i32.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "i64.store32" (i32.const 4) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "i32.rmw.add" (i32.const 0) (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.rmw.xchg" (i32.const 0) (i64.const 1)) "unaligned atomic")
(assert_trap (invoke "i32.rmw16.cmpxchg_u" (i32.const 0) (i32.const 0) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "wait32" (i32.const 0) (i32.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i32.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "notify" (i32.const 0)) "unaligned atomic")

;; The last valid effective address, and the first aligned one beyond it.
(assert_return (invoke "i32.load" (i32.const 65531)) (i32.const 0))
(assert_trap (invoke "i32.load" (i32.const 65535)) "out of bounds memory access")
(assert_return (invoke "i64.load" (i32.const 65527)) (i64.const 0))
(assert_trap (invoke "i64.load" (i32.const 65535)) "out of bounds memory access")
(assert_return (invoke "i32.rmw.add" (i32.const 65526) (i32.const 0)) (i32.const 0))
(assert_trap (invoke "i32.rmw.add" (i32.const 65530) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "wait64" (i32.const 65524) (i64.const 0)) (i32.const 2))
(assert_trap (invoke "wait64" (i32.const 65532) (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "notify" (i32.const 65530)) (i32.const 0))
(assert_trap (invoke "notify" (i32.const 65534)) "out of bounds memory access")

;; 0xffffffff + 1 is 4 GiB, aligned and far out of bounds; it is not address 0.
(assert_trap (invoke "i32.load+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "i64.store+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "i64.rmw.or+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "i32.rmw.cmpxchg+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "wait32+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "notify+max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "i32.load+max" (i32.const 0xfffffff9)) "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x0000554433221100))

;; A waiter and a notifier that reach address 16 by different sums meet in one queue; the same operand with
;; another offset is another queue.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 offset=12 (i32.const 4) (i32.const 0) (i64.const -1)))
  )
  (assert_return (invoke "wait") (i32.const 0))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "notify-operand") (result i32)
      (memory.atomic.notify (i32.const 4) (i32.const -1)))
    (func (export "notify-until-woken")
      (loop $again
        (br_if $again (i32.eqz (memory.atomic.notify offset=8 (i32.const 8) (i32.const -1))))))
  )
  (assert_return (invoke "notify-operand") (i32.const 0))
  (assert_return (invoke "notify-until-woken"))
)

(wait $Waiter)
(wait $Notifier)
