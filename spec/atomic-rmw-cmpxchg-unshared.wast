;; Atomic compare-exchange of every width, on an unshared memory. The result is the old value, zero-extended. The
;; expected operand is wrapped to the width before it is compared, and so is the replacement before it is
;; stored: their upper bits count for nothing. All bits of the width are compared. The traps come before the
;; comparison, and an access that traps changes nothing.
;;
;; Specification: execution, "t.atomic.rmw(N_u).cmpxchg"; overview, "Compare Exchange" and "Alignment".

(module
  (memory 1)
  (func (export "peek") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "poke") (param i32 i64) (i64.store (local.get 0) (local.get 1)))

  (func (export "i32.rmw8.cmpxchg_u") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32.rmw16.cmpxchg_u") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw16.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32.rmw.cmpxchg") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw8.cmpxchg_u") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw16.cmpxchg_u") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw32.cmpxchg_u") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw32.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw.cmpxchg") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw.cmpxchg (local.get 0) (local.get 1) (local.get 2)))

  ;; "+max": with a static offset that carries the effective address past 4 GiB
  (func (export "i32.rmw8.cmpxchg_u+max") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw8.cmpxchg_u offset=0xffffffff (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32.rmw16.cmpxchg_u+max") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw16.cmpxchg_u offset=0xfffffff8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32.rmw.cmpxchg+max") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg offset=0xfffffff8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw8.cmpxchg_u+max") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw8.cmpxchg_u offset=0xffffffff (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw16.cmpxchg_u+max") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u offset=0xfffffff8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw32.cmpxchg_u+max") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw32.cmpxchg_u offset=0xfffffff8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64.rmw.cmpxchg+max") (param i32 i64 i64) (result i64)
    (i64.atomic.rmw.cmpxchg offset=0xfffffff8 (local.get 0) (local.get 1) (local.get 2)))
)

;; i32.atomic.rmw8.cmpxchg_u
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 3) (i32.const 0x000000b3) (i32.const 0x89abcd5a))
  (i32.const 0x000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; equal after wrapping
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 3) (i32.const 0x89abcdb3) (i32.const 0x89abcd5a))
  (i32.const 0x000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; equal after wrapping: sign-extended
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 3) (i32.const 0xffffffb3) (i32.const 0x89abcd5a))
  (i32.const 0x000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 3) (i32.const 0x000000b2) (i32.const 0x89abcd5a))
  (i32.const 0x000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 3) (i32.const 0x00000033) (i32.const 0x89abcd5a))
  (i32.const 0x000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw8.cmpxchg_u" (i32.const 65535) (i32.const 0x000000f7) (i32.const 0x89abcd5a))
  (i32.const 0x000000f7))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5ae6d5c4b3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i32.rmw8.cmpxchg_u" (i32.const 65536) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw8.cmpxchg_u" (i32.const 0xffffffff) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw8.cmpxchg_u+max" (i32.const 0) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw8.cmpxchg_u+max" (i32.const 8) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i32.atomic.rmw16.cmpxchg_u
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 2) (i32.const 0x0000b3a2) (i32.const 0x89ab5a5a))
  (i32.const 0x0000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; equal after wrapping
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 2) (i32.const 0x89abb3a2) (i32.const 0x89ab5a5a))
  (i32.const 0x0000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; equal after wrapping: sign-extended
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 2) (i32.const 0xffffb3a2) (i32.const 0x89ab5a5a))
  (i32.const 0x0000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 2) (i32.const 0x0000b3a3) (i32.const 0x89ab5a5a))
  (i32.const 0x0000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 2) (i32.const 0x000033a2) (i32.const 0x89ab5a5a))
  (i32.const 0x0000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw16.cmpxchg_u" (i32.const 65534) (i32.const 0x0000f7e6) (i32.const 0x89ab5a5a))
  (i32.const 0x0000f7e6))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5a5ad5c4b3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i32.rmw16.cmpxchg_u" (i32.const 1) (i32.const 0) (i32.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i32.rmw16.cmpxchg_u" (i32.const 65536) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw16.cmpxchg_u" (i32.const 0xfffffffe) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw16.cmpxchg_u+max" (i32.const 0) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw16.cmpxchg_u+max" (i32.const 8) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i32.atomic.rmw.cmpxchg
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw.cmpxchg" (i32.const 4) (i32.const 0xf7e6d5c4) (i32.const 0x5a5a5a5a))
  (i32.const 0xf7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x5a5a5a5ab3a29180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw.cmpxchg" (i32.const 4) (i32.const 0xf7e6d5c5) (i32.const 0x5a5a5a5a))
  (i32.const 0xf7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw.cmpxchg" (i32.const 4) (i32.const 0x77e6d5c4) (i32.const 0x5a5a5a5a))
  (i32.const 0xf7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i32.rmw.cmpxchg" (i32.const 65532) (i32.const 0xf7e6d5c4) (i32.const 0x5a5a5a5a))
  (i32.const 0xf7e6d5c4))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5a5a5a5ab3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i32.rmw.cmpxchg" (i32.const 1) (i32.const 0) (i32.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i32.rmw.cmpxchg" (i32.const 2) (i32.const 0) (i32.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i32.rmw.cmpxchg" (i32.const 3) (i32.const 0) (i32.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i32.rmw.cmpxchg" (i32.const 65536) (i32.const 0) (i32.const 0x77)) "out of bounds memory access")
(assert_trap (invoke "i32.rmw.cmpxchg" (i32.const 0xfffffffc) (i32.const 0) (i32.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i32.rmw.cmpxchg+max" (i32.const 0) (i32.const 0) (i32.const 0x77)) "out of bounds memory access")
(assert_trap (invoke "i32.rmw.cmpxchg+max" (i32.const 8) (i32.const 0) (i32.const 0x77)) "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i64.atomic.rmw8.cmpxchg_u
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 3) (i64.const 0x00000000000000b3) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; equal after wrapping
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 3) (i64.const 0x0123456789abcdb3) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; equal after wrapping: sign-extended
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 3) (i64.const 0xffffffffffffffb3) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45aa29180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 3) (i64.const 0x00000000000000b2) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 3) (i64.const 0x0000000000000033) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000b3))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw8.cmpxchg_u" (i32.const 65535) (i64.const 0x00000000000000f7) (i64.const 0x0123456789abcd5a))
  (i64.const 0x00000000000000f7))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5ae6d5c4b3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i64.rmw8.cmpxchg_u" (i32.const 65536) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw8.cmpxchg_u" (i32.const 0xffffffff) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw8.cmpxchg_u+max" (i32.const 0) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw8.cmpxchg_u+max" (i32.const 8) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i64.atomic.rmw16.cmpxchg_u
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 2) (i64.const 0x000000000000b3a2) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; equal after wrapping
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 2) (i64.const 0x0123456789abb3a2) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; equal after wrapping: sign-extended
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 2) (i64.const 0xffffffffffffb3a2) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c45a5a9180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 2) (i64.const 0x000000000000b3a3) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 2) (i64.const 0x00000000000033a2) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000b3a2))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw16.cmpxchg_u" (i32.const 65534) (i64.const 0x000000000000f7e6) (i64.const 0x0123456789ab5a5a))
  (i64.const 0x000000000000f7e6))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5a5ad5c4b3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i64.rmw16.cmpxchg_u" (i32.const 1) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw16.cmpxchg_u" (i32.const 65536) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw16.cmpxchg_u" (i32.const 0xfffffffe) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw16.cmpxchg_u+max" (i32.const 0) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw16.cmpxchg_u+max" (i32.const 8) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i64.atomic.rmw32.cmpxchg_u
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 4) (i64.const 0x00000000f7e6d5c4) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x5a5a5a5ab3a29180))
;; equal after wrapping
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 4) (i64.const 0x01234567f7e6d5c4) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x5a5a5a5ab3a29180))
;; equal after wrapping: sign-extended
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 4) (i64.const 0xfffffffff7e6d5c4) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x5a5a5a5ab3a29180))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 4) (i64.const 0x00000000f7e6d5c5) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 4) (i64.const 0x0000000077e6d5c4) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw32.cmpxchg_u" (i32.const 65532) (i64.const 0x00000000f7e6d5c4) (i64.const 0x012345675a5a5a5a))
  (i64.const 0x00000000f7e6d5c4))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5a5a5a5ab3a29180))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i64.rmw32.cmpxchg_u" (i32.const 1) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw32.cmpxchg_u" (i32.const 2) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw32.cmpxchg_u" (i32.const 3) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw32.cmpxchg_u" (i32.const 65536) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw32.cmpxchg_u" (i32.const 0xfffffffc) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw32.cmpxchg_u+max" (i32.const 0) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw32.cmpxchg_u+max" (i32.const 8) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))

;; i64.atomic.rmw.cmpxchg
;; equal
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw.cmpxchg" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180) (i64.const 0x5a5a5a5a5a5a5a5a))
  (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0x5a5a5a5a5a5a5a5a))
;; not equal in the lowest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw.cmpxchg" (i32.const 0) (i64.const 0xf7e6d5c4b3a29181) (i64.const 0x5a5a5a5a5a5a5a5a))
  (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; not equal in the highest bit
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw.cmpxchg" (i32.const 0) (i64.const 0x77e6d5c4b3a29180) (i64.const 0x5a5a5a5a5a5a5a5a))
  (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
;; the last valid address
(invoke "poke" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "i64.rmw.cmpxchg" (i32.const 65528) (i64.const 0xf7e6d5c4b3a29180) (i64.const 0x5a5a5a5a5a5a5a5a))
  (i64.const 0xf7e6d5c4b3a29180))
(assert_return (invoke "peek" (i32.const 65528)) (i64.const 0x5a5a5a5a5a5a5a5a))
;; traps
(invoke "poke" (i32.const 0) (i64.const 0xf7e6d5c4b3a29180))
(assert_trap (invoke "i64.rmw.cmpxchg" (i32.const 1) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw.cmpxchg" (i32.const 2) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw.cmpxchg" (i32.const 4) (i64.const 0) (i64.const 0x77)) "unaligned atomic")
(assert_trap (invoke "i64.rmw.cmpxchg" (i32.const 65536) (i64.const 0) (i64.const 0x77)) "out of bounds memory access")
(assert_trap (invoke "i64.rmw.cmpxchg" (i32.const 0xfffffff8) (i64.const 0) (i64.const 0x77))
  "out of bounds memory access")
(assert_trap (invoke "i64.rmw.cmpxchg+max" (i32.const 0) (i64.const 0) (i64.const 0x77)) "out of bounds memory access")
(assert_trap (invoke "i64.rmw.cmpxchg+max" (i32.const 8) (i64.const 0) (i64.const 0x77)) "out of bounds memory access")
(assert_return (invoke "peek" (i32.const 0)) (i64.const 0xf7e6d5c4b3a29180))
