;; Importing shared memories: the limits. The memory must have at least the minimum at the time of the import, so a
;; memory that has grown matches more; its declared maximum must not exceed the one of the import.
;;
;; Specification: validation, "Import Subtyping" (limits, memories); execution, "External Typing" (a shared memory has
;; its current length as minimum).

(module $Mem (memory (export "1-4") 1 4 shared))
(register "mem" $Mem)

(module (memory (import "mem" "1-4") 1 4 shared))
(module (memory (import "mem" "1-4") 0 4 shared))
(module (memory (import "mem" "1-4") 1 5 shared))
(module (memory (import "mem" "1-4") 0 65536 shared))
(module (import "mem" "1-4" (memory $imported 1 4 shared)) (export "again" (memory $imported)))

(assert_unlinkable (module (memory (import "mem" "1-4") 2 4 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "1-4") 4 4 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "1-4") 1 3 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "1-4") 0 0 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "1-4") 5 8 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "2-4") 1 4 shared)) "unknown import")
(assert_unlinkable (module (memory (import "men" "1-4") 1 4 shared)) "unknown import")

;; A memory is not a function, a table or a global.
(assert_unlinkable (module (func (import "mem" "1-4"))) "incompatible import type")
(assert_unlinkable (module (table (import "mem" "1-4") 1 4 funcref)) "incompatible import type")
(assert_unlinkable (module (global (import "mem" "1-4") i32)) "incompatible import type")

;; Growth counts.
(module
  (memory (import "mem" "1-4") 1 4 shared)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)
(assert_return (invoke "grow" (i32.const 2)) (i32.const 1))
(module (memory (import "mem" "1-4") 2 4 shared))
(module (memory (import "mem" "1-4") 3 4 shared))
(module (memory (import "mem" "1-4") 0 65536 shared))
(assert_unlinkable (module (memory (import "mem" "1-4") 4 4 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "mem" "1-4") 3 3 shared)) "incompatible import type")

;; The length at instantiation is what counts, not the one of the importing module's type.
(module
  (memory (import "mem" "1-4") 0 4 shared)
  (data (i32.const 0x2ffff) "x")
  (func (export "size") (result i32) (memory.size))
)
(assert_return (invoke "size") (i32.const 3))

;; A memory exported again is the same memory, with the same type.
(module $Again (import "mem" "1-4" (memory 0 9 shared)) (export "mem" (memory 0)))
(register "again" $Again)
(module (memory (import "again" "mem") 3 4 shared))
(assert_unlinkable (module (memory (import "again" "mem") 4 4 shared)) "incompatible import type")

;; The same holds within another agent, and growth by one agent counts for the imports of another.
(thread $Agent (shared (module $Mem))
  (register "mem" $Mem)
  (assert_unlinkable (module (memory (import "mem" "1-4") 4 4 shared)) "incompatible import type")
  (module
    (memory (import "mem" "1-4") 3 4 shared)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  )
  (assert_return (invoke "grow" (i32.const 1)) (i32.const 3))
)
(wait $Agent)
(module (memory (import "mem" "1-4") 4 4 shared))
(assert_unlinkable (module (memory (import "mem" "1-4") 5 5 shared)) "incompatible import type")
