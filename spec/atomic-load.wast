;; Atomic loads of every width: each lane, zero-extension, the last valid address, and every trap,
;; on a shared and on an unshared memory. An effective address past 2^32 does not wrap around.
;;
;; Specification: execution, "t.atomic.load(N_u)"; overview, "Load/Store" and "Alignment".

;; On a shared memory.

(module
  (memory 1 1 shared)
  (data (i32.const 0) "\80\91\a2\b3\c4\d5\e6\f7")
  (data (i32.const 65528) "\88\99\aa\bb\cc\dd\ee\ff")

  (func (export "i32.load8_u") (param i32) (result i32) (i32.atomic.load8_u (local.get 0)))
  (func (export "i32.load16_u") (param i32) (result i32) (i32.atomic.load16_u (local.get 0)))
  (func (export "i32.load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "i64.load8_u") (param i32) (result i64) (i64.atomic.load8_u (local.get 0)))
  (func (export "i64.load16_u") (param i32) (result i64) (i64.atomic.load16_u (local.get 0)))
  (func (export "i64.load32_u") (param i32) (result i64) (i64.atomic.load32_u (local.get 0)))
  (func (export "i64.load") (param i32) (result i64) (i64.atomic.load (local.get 0)))

  ;; "+max": with a static offset that carries the effective address past 4 GiB
  (func (export "i32.load8_u+max") (param i32) (result i32) (i32.atomic.load8_u offset=0xffffffff (local.get 0)))
  (func (export "i32.load16_u+max") (param i32) (result i32) (i32.atomic.load16_u offset=0xfffffff8 (local.get 0)))
  (func (export "i32.load+max") (param i32) (result i32) (i32.atomic.load offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load8_u+max") (param i32) (result i64) (i64.atomic.load8_u offset=0xffffffff (local.get 0)))
  (func (export "i64.load16_u+max") (param i32) (result i64) (i64.atomic.load16_u offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load32_u+max") (param i32) (result i64) (i64.atomic.load32_u offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load+max") (param i32) (result i64) (i64.atomic.load offset=0xfffffff8 (local.get 0)))
)

;; i32.atomic.load8_u
(assert_return (invoke "i32.load8_u" (i32.const 0)) (i32.const 0x00000080))
(assert_return (invoke "i32.load8_u" (i32.const 1)) (i32.const 0x00000091))
(assert_return (invoke "i32.load8_u" (i32.const 2)) (i32.const 0x000000a2))
(assert_return (invoke "i32.load8_u" (i32.const 3)) (i32.const 0x000000b3))
(assert_return (invoke "i32.load8_u" (i32.const 4)) (i32.const 0x000000c4))
(assert_return (invoke "i32.load8_u" (i32.const 5)) (i32.const 0x000000d5))
(assert_return (invoke "i32.load8_u" (i32.const 6)) (i32.const 0x000000e6))
(assert_return (invoke "i32.load8_u" (i32.const 7)) (i32.const 0x000000f7))
(assert_return (invoke "i32.load8_u" (i32.const 65535)) (i32.const 0x000000ff))
(assert_trap (invoke "i32.load8_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u" (i32.const 0xffffffff)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u+max" (i32.const 8)) "out of bounds memory access")

;; i32.atomic.load16_u
(assert_return (invoke "i32.load16_u" (i32.const 0)) (i32.const 0x00009180))
(assert_return (invoke "i32.load16_u" (i32.const 2)) (i32.const 0x0000b3a2))
(assert_return (invoke "i32.load16_u" (i32.const 4)) (i32.const 0x0000d5c4))
(assert_return (invoke "i32.load16_u" (i32.const 6)) (i32.const 0x0000f7e6))
(assert_return (invoke "i32.load16_u" (i32.const 65534)) (i32.const 0x0000ffee))
(assert_trap (invoke "i32.load16_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i32.load16_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u" (i32.const 0xfffffffe)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u+max" (i32.const 8)) "out of bounds memory access")

;; i32.atomic.load
(assert_return (invoke "i32.load" (i32.const 0)) (i32.const 0xb3a29180))
(assert_return (invoke "i32.load" (i32.const 4)) (i32.const 0xf7e6d5c4))
(assert_return (invoke "i32.load" (i32.const 65532)) (i32.const 0xffeeddcc))
(assert_trap (invoke "i32.load" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 3)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load" (i32.const 0xfffffffc)) "out of bounds memory access")
(assert_trap (invoke "i32.load+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load8_u
(assert_return (invoke "i64.load8_u" (i32.const 0)) (i64.const 0x0000000000000080))
(assert_return (invoke "i64.load8_u" (i32.const 1)) (i64.const 0x0000000000000091))
(assert_return (invoke "i64.load8_u" (i32.const 2)) (i64.const 0x00000000000000a2))
(assert_return (invoke "i64.load8_u" (i32.const 3)) (i64.const 0x00000000000000b3))
(assert_return (invoke "i64.load8_u" (i32.const 4)) (i64.const 0x00000000000000c4))
(assert_return (invoke "i64.load8_u" (i32.const 5)) (i64.const 0x00000000000000d5))
(assert_return (invoke "i64.load8_u" (i32.const 6)) (i64.const 0x00000000000000e6))
(assert_return (invoke "i64.load8_u" (i32.const 7)) (i64.const 0x00000000000000f7))
(assert_return (invoke "i64.load8_u" (i32.const 65535)) (i64.const 0x00000000000000ff))
(assert_trap (invoke "i64.load8_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u" (i32.const 0xffffffff)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load16_u
(assert_return (invoke "i64.load16_u" (i32.const 0)) (i64.const 0x0000000000009180))
(assert_return (invoke "i64.load16_u" (i32.const 2)) (i64.const 0x000000000000b3a2))
(assert_return (invoke "i64.load16_u" (i32.const 4)) (i64.const 0x000000000000d5c4))
(assert_return (invoke "i64.load16_u" (i32.const 6)) (i64.const 0x000000000000f7e6))
(assert_return (invoke "i64.load16_u" (i32.const 65534)) (i64.const 0x000000000000ffee))
(assert_trap (invoke "i64.load16_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load16_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u" (i32.const 0xfffffffe)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load32_u
(assert_return (invoke "i64.load32_u" (i32.const 0)) (i64.const 0x00000000b3a29180))
(assert_return (invoke "i64.load32_u" (i32.const 4)) (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "i64.load32_u" (i32.const 65532)) (i64.const 0x00000000ffeeddcc))
(assert_trap (invoke "i64.load32_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 3)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u" (i32.const 0xfffffffc)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load
(assert_return (invoke "i64.load" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.load" (i32.const 65528)) (i64.const 0xffeeddccbbaa9988))
(assert_trap (invoke "i64.load" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 4)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load" (i32.const 0xfffffff8)) "out of bounds memory access")
(assert_trap (invoke "i64.load+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load+max" (i32.const 8)) "out of bounds memory access")

;; On an unshared memory.

(module
  (memory 1)
  (data (i32.const 0) "\80\91\a2\b3\c4\d5\e6\f7")
  (data (i32.const 65528) "\88\99\aa\bb\cc\dd\ee\ff")

  (func (export "i32.load8_u") (param i32) (result i32) (i32.atomic.load8_u (local.get 0)))
  (func (export "i32.load16_u") (param i32) (result i32) (i32.atomic.load16_u (local.get 0)))
  (func (export "i32.load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "i64.load8_u") (param i32) (result i64) (i64.atomic.load8_u (local.get 0)))
  (func (export "i64.load16_u") (param i32) (result i64) (i64.atomic.load16_u (local.get 0)))
  (func (export "i64.load32_u") (param i32) (result i64) (i64.atomic.load32_u (local.get 0)))
  (func (export "i64.load") (param i32) (result i64) (i64.atomic.load (local.get 0)))

  ;; "+max": with a static offset that carries the effective address past 4 GiB
  (func (export "i32.load8_u+max") (param i32) (result i32) (i32.atomic.load8_u offset=0xffffffff (local.get 0)))
  (func (export "i32.load16_u+max") (param i32) (result i32) (i32.atomic.load16_u offset=0xfffffff8 (local.get 0)))
  (func (export "i32.load+max") (param i32) (result i32) (i32.atomic.load offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load8_u+max") (param i32) (result i64) (i64.atomic.load8_u offset=0xffffffff (local.get 0)))
  (func (export "i64.load16_u+max") (param i32) (result i64) (i64.atomic.load16_u offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load32_u+max") (param i32) (result i64) (i64.atomic.load32_u offset=0xfffffff8 (local.get 0)))
  (func (export "i64.load+max") (param i32) (result i64) (i64.atomic.load offset=0xfffffff8 (local.get 0)))
)

;; i32.atomic.load8_u
(assert_return (invoke "i32.load8_u" (i32.const 0)) (i32.const 0x00000080))
(assert_return (invoke "i32.load8_u" (i32.const 1)) (i32.const 0x00000091))
(assert_return (invoke "i32.load8_u" (i32.const 2)) (i32.const 0x000000a2))
(assert_return (invoke "i32.load8_u" (i32.const 3)) (i32.const 0x000000b3))
(assert_return (invoke "i32.load8_u" (i32.const 4)) (i32.const 0x000000c4))
(assert_return (invoke "i32.load8_u" (i32.const 5)) (i32.const 0x000000d5))
(assert_return (invoke "i32.load8_u" (i32.const 6)) (i32.const 0x000000e6))
(assert_return (invoke "i32.load8_u" (i32.const 7)) (i32.const 0x000000f7))
(assert_return (invoke "i32.load8_u" (i32.const 65535)) (i32.const 0x000000ff))
(assert_trap (invoke "i32.load8_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u" (i32.const 0xffffffff)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load8_u+max" (i32.const 8)) "out of bounds memory access")

;; i32.atomic.load16_u
(assert_return (invoke "i32.load16_u" (i32.const 0)) (i32.const 0x00009180))
(assert_return (invoke "i32.load16_u" (i32.const 2)) (i32.const 0x0000b3a2))
(assert_return (invoke "i32.load16_u" (i32.const 4)) (i32.const 0x0000d5c4))
(assert_return (invoke "i32.load16_u" (i32.const 6)) (i32.const 0x0000f7e6))
(assert_return (invoke "i32.load16_u" (i32.const 65534)) (i32.const 0x0000ffee))
(assert_trap (invoke "i32.load16_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i32.load16_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u" (i32.const 0xfffffffe)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load16_u+max" (i32.const 8)) "out of bounds memory access")

;; i32.atomic.load
(assert_return (invoke "i32.load" (i32.const 0)) (i32.const 0xb3a29180))
(assert_return (invoke "i32.load" (i32.const 4)) (i32.const 0xf7e6d5c4))
(assert_return (invoke "i32.load" (i32.const 65532)) (i32.const 0xffeeddcc))
(assert_trap (invoke "i32.load" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 3)) "unaligned atomic")
(assert_trap (invoke "i32.load" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32.load" (i32.const 0xfffffffc)) "out of bounds memory access")
(assert_trap (invoke "i32.load+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i32.load+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load8_u
(assert_return (invoke "i64.load8_u" (i32.const 0)) (i64.const 0x0000000000000080))
(assert_return (invoke "i64.load8_u" (i32.const 1)) (i64.const 0x0000000000000091))
(assert_return (invoke "i64.load8_u" (i32.const 2)) (i64.const 0x00000000000000a2))
(assert_return (invoke "i64.load8_u" (i32.const 3)) (i64.const 0x00000000000000b3))
(assert_return (invoke "i64.load8_u" (i32.const 4)) (i64.const 0x00000000000000c4))
(assert_return (invoke "i64.load8_u" (i32.const 5)) (i64.const 0x00000000000000d5))
(assert_return (invoke "i64.load8_u" (i32.const 6)) (i64.const 0x00000000000000e6))
(assert_return (invoke "i64.load8_u" (i32.const 7)) (i64.const 0x00000000000000f7))
(assert_return (invoke "i64.load8_u" (i32.const 65535)) (i64.const 0x00000000000000ff))
(assert_trap (invoke "i64.load8_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u" (i32.const 0xffffffff)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load8_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load16_u
(assert_return (invoke "i64.load16_u" (i32.const 0)) (i64.const 0x0000000000009180))
(assert_return (invoke "i64.load16_u" (i32.const 2)) (i64.const 0x000000000000b3a2))
(assert_return (invoke "i64.load16_u" (i32.const 4)) (i64.const 0x000000000000d5c4))
(assert_return (invoke "i64.load16_u" (i32.const 6)) (i64.const 0x000000000000f7e6))
(assert_return (invoke "i64.load16_u" (i32.const 65534)) (i64.const 0x000000000000ffee))
(assert_trap (invoke "i64.load16_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load16_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u" (i32.const 0xfffffffe)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load16_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load32_u
(assert_return (invoke "i64.load32_u" (i32.const 0)) (i64.const 0x00000000b3a29180))
(assert_return (invoke "i64.load32_u" (i32.const 4)) (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "i64.load32_u" (i32.const 65532)) (i64.const 0x00000000ffeeddcc))
(assert_trap (invoke "i64.load32_u" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 3)) "unaligned atomic")
(assert_trap (invoke "i64.load32_u" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u" (i32.const 0xfffffffc)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load32_u+max" (i32.const 8)) "out of bounds memory access")

;; i64.atomic.load
(assert_return (invoke "i64.load" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.load" (i32.const 65528)) (i64.const 0xffeeddccbbaa9988))
(assert_trap (invoke "i64.load" (i32.const 1)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 2)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 4)) "unaligned atomic")
(assert_trap (invoke "i64.load" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i64.load" (i32.const 0xfffffff8)) "out of bounds memory access")
(assert_trap (invoke "i64.load+max" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "i64.load+max" (i32.const 8)) "out of bounds memory access")
