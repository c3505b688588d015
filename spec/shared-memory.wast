;; Shared memory types: the maximum is mandatory, the limits are checked as for unshared memories, and shared memories
;; may be defined, imported, exported and initialised like others. In the binary format the limits begin with flag 3.
;;
;; Specification: syntax and validation, "Memory Types"; overview, "Shared Linear Memory" and "Spec Changes".

(module (memory 0 0 shared))
(module (memory 0 1 shared))
(module (memory 1 1 shared))
(module (memory 0 65536 shared))
(module (memory $named (export "a") (export "b") 1 2 shared))
(module (memory 1 1 shared) (data (i32.const 65535) "a"))
(module (memory 0 0 shared) (data (i32.const 0) ""))

(assert_invalid (module (memory 0 shared)) "shared memory must have maximum")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
(assert_invalid (module (memory (export "a") 1 shared)) "shared memory must have maximum")
(assert_invalid
  (module (import "spectest" "memory" (memory 1 shared)))
  "shared memory must have maximum")
(assert_invalid
  (module (memory 1 0 shared))
  "size minimum must not be greater than maximum")
(assert_invalid
  (module (memory 0 65537 shared))
  "memory size must be at most 65536 pages (4GiB)")
(assert_invalid
  (module (memory 65537 65538 shared))
  "memory size must be at most 65536 pages (4GiB)")

;; Binary: flag 3 is "shared, with a maximum".
(module binary
  "\00asm" "\01\00\00\00"
  "\05\04\01"                ;; memory section: one memory
  "\03\01\02"                ;; shared, at least 1 page, at most 2
)
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\04\01"
    "\03\02\01"              ;; shared, at least 2 pages, at most 1
  )
  "size minimum must not be greater than maximum")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\05\03\01"
    "\03\01"                 ;; the maximum is missing
  )
  "unexpected end")

;; Data segments are copied in as into any memory, and a memory that is shared begins as zeros.
(module
  (memory 1 3 shared)
  (data (i32.const 4) "\2a")
  (data (i32.const 65535) "\2b")
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "size") (result i32) (memory.size))
)
(assert_return (invoke "size") (i32.const 1))
(assert_return (invoke "load8" (i32.const 4)) (i32.const 42))
(assert_return (invoke "load8" (i32.const 65535)) (i32.const 43))
(assert_return (invoke "load" (i32.const 1000)) (i32.const 0))

;; Plain accesses need not be aligned, on a shared memory either; they are in bounds or trap.
(assert_return (invoke "load" (i32.const 3)) (i32.const 0x2a00))
(assert_return (invoke "store" (i32.const 65531) (i32.const 0x01020304)))
(assert_return (invoke "load" (i32.const 65530)) (i32.const 0x02030400))
(assert_trap (invoke "load" (i32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "store" (i32.const 65533) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "load8" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "load8" (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "load8" (i32.const 65535)) (i32.const 43))

;; A segment that does not fit traps, and what the segments before it wrote stays written.
(module $Mem (memory (export "mem") 1 1 shared))
(register "mem" $Mem)
(assert_trap
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data (i32.const 0) "abc")
    (data (i32.const 65534) "abc"))
  "out of bounds memory access")
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0))))
(assert_return (invoke "load" (i32.const 0)) (i32.const 0x636261))
(assert_return (invoke "load" (i32.const 65532)) (i32.const 0))

;; An empty memory has no valid address, for a notify neither.
(module
  (memory 0 1 shared)
  (func (export "load") (result i32) (i32.atomic.load8_u (i32.const 0)))
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))
  (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 0)))
)
(assert_trap (invoke "load") "out of bounds memory access")
(assert_trap (invoke "wait") "out of bounds memory access")
(assert_trap (invoke "notify") "out of bounds memory access")
