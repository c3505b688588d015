;; Growing a shared memory: alone, as seen by other agents, and by several agents at once.
;;
;; Specification: execution, "memory.size" and "memory.grow"; overview, "Resizing".

;; Alone: the result is the old size, or -1 where the maximum would be exceeded; new pages are zero and old ones keep
;; their contents.

(module
  (memory 1 4 shared)
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.atomic.store (local.get 0) (local.get 1)))
)

(assert_return (invoke "size") (i32.const 1))
(assert_return (invoke "store" (i32.const 65532) (i32.const 0x12345678)))
(assert_trap (invoke "load" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 0)) (i32.const 1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "size") (i32.const 2))
(assert_return (invoke "load" (i32.const 65532)) (i32.const 0x12345678))
(assert_return (invoke "load" (i32.const 65536)) (i32.const 0))
(assert_return (invoke "load" (i32.const 131068)) (i32.const 0))
(assert_trap (invoke "load" (i32.const 131072)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 3)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 0x10000)) (i32.const -1))
(assert_return (invoke "grow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "size") (i32.const 2))
(assert_return (invoke "grow" (i32.const 2)) (i32.const 2))
(assert_return (invoke "size") (i32.const 4))
(assert_return (invoke "store" (i32.const 262140) (i32.const 1)))
(assert_return (invoke "load" (i32.const 262140)) (i32.const 1))
(assert_trap (invoke "store" (i32.const 262144) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 0)) (i32.const 4))

(module
  (memory 0 0 shared)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)
(assert_return (invoke "grow" (i32.const 0)) (i32.const 0))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))

;; One agent grows, writes into the new page, and says so; the other, which has been accessing the memory before, then
;; sees the new size and the new page.

(module $Mem (memory (export "mem") 1 3 shared))

(thread $Grower (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 3 shared)
    (func (export "run") (result i32)
      (loop $not-yet (br_if $not-yet (i32.eqz (i32.atomic.load (i32.const 4)))))
      (memory.grow (i32.const 1))
      (i32.store (i32.const 131068) (i32.const 42))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))
  )
  (assert_return (invoke "run") (i32.const 1))
)

(thread $Reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 3 shared)
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "let-grow")
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  )
  (assert_return (invoke "size") (i32.const 1))
  (assert_return (invoke "load" (i32.const 65532)) (i32.const 0))
  (assert_trap (invoke "load" (i32.const 131068)) "out of bounds memory access")
  (assert_return (invoke "let-grow"))
  (assert_return (invoke "size") (i32.const 2))
  (assert_return (invoke "load" (i32.const 131068)) (i32.const 42))
  (assert_return (invoke "load" (i32.const 65536)) (i32.const 0))
  (assert_trap (invoke "load" (i32.const 131072)) "out of bounds memory access")
  (assert_return (invoke "grow" (i32.const 1)) (i32.const 2))
)

(wait $Grower)
(wait $Reader)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 3 3 shared)
  (func (export "size") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
)
(assert_return (invoke "size") (i32.const 3))
(assert_return (invoke "load" (i32.const 131068)) (i32.const 42))
(assert_return (invoke "load" (i32.const 196604)) (i32.const 0))

;; Within one agent as well, the growth by a callee is seen by its caller, after the access as before.

(module
  (memory 1 2 shared)
  (func $grow (drop (memory.grow (i32.const 1))))
  (func (export "run") (result i32)
    (i32.store (i32.const 0) (i32.const 7))
    (call $grow)
    (i32.store (i32.const 131068) (i32.const 8))
    (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 131068))))
)
(assert_return (invoke "run") (i32.const 15))
