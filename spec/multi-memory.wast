;; Several memories in one module, shared and unshared ones mixed: every access goes to the memory that it names, and
;; whether a wait may wait depends on that memory alone.
;;
;; Specification: core 3.0 (multiple memories), with the atomic instructions of the threads proposal, whose memarg takes a
;; memory index like that of plain accesses. Not for the reference interpreter of the threads proposal, which knows one
;; memory only.

(module
  (memory $a 1 2 shared)
  (memory $b 1)
  (memory $c 1 1 shared)
  (data (memory 0) (i32.const 0) "\01\00\00\00")
  (data (memory 1) (i32.const 0) "\02\00\00\00")
  (data (memory 2) (i32.const 0) "\03\00\00\00")
  (data $passive "abcdefgh")

  (func (export "load") (result i32 i32 i32)
    (i32.load $a (i32.const 0)) (i32.load $b (i32.const 0)) (i32.load $c (i32.const 0)))
  (func (export "atomic.load") (result i32 i32 i32)
    (i32.atomic.load 0 (i32.const 0)) (i32.atomic.load 1 (i32.const 0)) (i32.atomic.load 2 (i32.const 0)))
  (func (export "atomic.store") (param i32 i32)
    (i32.atomic.store 1 (i32.const 0) (local.get 0))
    (i32.atomic.store 2 (i32.const 0) (local.get 1)))
  (func (export "add") (param i32) (result i32 i32 i32)
    (i32.atomic.rmw.add 0 (i32.const 0) (local.get 0))
    (i32.atomic.rmw.add 1 (i32.const 0) (local.get 0))
    (i32.atomic.rmw.add 2 (i32.const 0) (local.get 0)))
  (func (export "xchg64") (param i32 i64) (result i64)
    (i64.atomic.rmw.xchg 2 offset=8 (local.get 0) (local.get 1)))
  (func (export "cmpxchg") (param i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg 1 offset=4 (i32.const 0) (local.get 0) (local.get 1)))

  (func (export "wait0") (param i32) (result i32)
    (memory.atomic.wait32 0 (i32.const 0) (local.get 0) (i64.const 0)))
  (func (export "wait1") (param i32) (result i32)
    (memory.atomic.wait32 1 (i32.const 0) (local.get 0) (i64.const 0)))
  (func (export "wait2") (param i32) (result i32)
    (memory.atomic.wait32 2 (i32.const 0) (local.get 0) (i64.const 0)))
  (func (export "notify") (param i32) (result i32 i32 i32)
    (memory.atomic.notify 0 (local.get 0) (i32.const 1))
    (memory.atomic.notify 1 (local.get 0) (i32.const 1))
    (memory.atomic.notify 2 (local.get 0) (i32.const 1)))

  (func (export "size") (result i32 i32 i32) (memory.size $a) (memory.size $b) (memory.size $c))
  (func (export "grow") (param i32) (result i32 i32 i32)
    (memory.grow $a (local.get 0)) (memory.grow $b (local.get 0)) (memory.grow $c (local.get 0)))
  (func (export "load-at") (param i32) (result i32) (i32.atomic.load 0 (local.get 0)))
  (func (export "load-at-2") (param i32) (result i32) (i32.atomic.load 2 (local.get 0)))

  (func (export "init") (memory.init $b $passive (i32.const 16) (i32.const 0) (i32.const 8)))
  (func (export "copy-b-to-c") (memory.copy $c $b (i32.const 32) (i32.const 16) (i32.const 8)))
  (func (export "fill-a") (memory.fill $a (i32.const 16) (i32.const 0x2a) (i32.const 8)))
  (func (export "bytes") (result i64 i64 i64)
    (i64.load $a offset=16 (i32.const 0)) (i64.load $b offset=16 (i32.const 0)) (i64.load $c offset=32 (i32.const 0)))
)

(assert_return (invoke "load") (i32.const 1) (i32.const 2) (i32.const 3))
(assert_return (invoke "atomic.load") (i32.const 1) (i32.const 2) (i32.const 3))
(assert_return (invoke "atomic.store" (i32.const 20) (i32.const 30)))
(assert_return (invoke "atomic.load") (i32.const 1) (i32.const 20) (i32.const 30))
(assert_return (invoke "add" (i32.const 5)) (i32.const 1) (i32.const 20) (i32.const 30))
(assert_return (invoke "load") (i32.const 6) (i32.const 25) (i32.const 35))
(assert_return (invoke "xchg64" (i32.const 8) (i64.const -1)) (i64.const 0))
(assert_return (invoke "xchg64" (i32.const 8) (i64.const 7)) (i64.const -1))
(assert_trap (invoke "xchg64" (i32.const 1) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "xchg64" (i32.const 65528) (i64.const 0)) "out of bounds memory access")
(assert_return (invoke "cmpxchg" (i32.const 0) (i32.const 9)) (i32.const 0))
(assert_return (invoke "cmpxchg" (i32.const 0) (i32.const 8)) (i32.const 9))

;; Waiting: on the shared ones; the unshared one traps.
(assert_return (invoke "wait0" (i32.const 6)) (i32.const 2))
(assert_return (invoke "wait0" (i32.const 25)) (i32.const 1))
(assert_trap (invoke "wait1" (i32.const 25)) "expected shared memory")
(assert_return (invoke "wait2" (i32.const 35)) (i32.const 2))
(assert_return (invoke "wait2" (i32.const 6)) (i32.const 1))
(assert_return (invoke "notify" (i32.const 0)) (i32.const 0) (i32.const 0) (i32.const 0))
(assert_trap (invoke "notify" (i32.const 65536)) "out of bounds memory access")

;; Growing: each by itself. The third is at its maximum.
(assert_return (invoke "size") (i32.const 1) (i32.const 1) (i32.const 1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1) (i32.const 1) (i32.const -1))
(assert_return (invoke "size") (i32.const 2) (i32.const 2) (i32.const 1))
(assert_return (invoke "load-at" (i32.const 131068)) (i32.const 0))
(assert_trap (invoke "load-at-2" (i32.const 65536)) "out of bounds memory access")

;; Bulk accesses, also from an unshared to a shared memory.
(assert_return (invoke "init"))
(assert_return (invoke "copy-b-to-c"))
(assert_return (invoke "fill-a"))
(assert_return (invoke "bytes")
  (i64.const 0x2a2a2a2a2a2a2a2a) (i64.const 0x6867666564636261) (i64.const 0x6867666564636261))

;; Validation.
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load 1 (i32.const 0)))))
  "unknown memory")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (memory.atomic.notify 1 (i32.const 0) (i32.const 0)))))
  "unknown memory")
(assert_invalid
  (module (memory 1) (memory 1 1 shared) (func (drop (i32.atomic.load 1 align=2 (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory 1) (memory 1 shared))
  "shared memory must have maximum")
