;; Importing memories: shared is not unshared. An import of the one kind is not satisfied by a memory of the other, even
;; where the limits match.
;;
;; Specification: overview, "Shared Linear Memory". Not for the reference interpreter, which compares only the limits,
;; as the matching rule of the draft (validation, "Import Subtyping") does.

(module $Shared (memory (export "mem") 1 2 shared))
(register "shared" $Shared)
(module $Unshared (memory (export "mem") 1 2))
(register "unshared" $Unshared)

(module (memory (import "shared" "mem") 1 2 shared))
(module (memory (import "unshared" "mem") 1 2))
(module (memory (import "unshared" "mem") 1))
(module (memory (import "spectest" "memory") 1 2))

(assert_unlinkable (module (memory (import "shared" "mem") 1 2)) "incompatible import type")
(assert_unlinkable (module (memory (import "shared" "mem") 1)) "incompatible import type")
(assert_unlinkable (module (memory (import "shared" "mem") 0)) "incompatible import type")
(assert_unlinkable (module (memory (import "unshared" "mem") 1 2 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "unshared" "mem") 0 65536 shared)) "incompatible import type")
(assert_unlinkable (module (memory (import "spectest" "memory") 1 2 shared)) "incompatible import type")

;; An import exported again keeps its kind.
(module $Again
  (memory (import "shared" "mem") 1 2 shared)
  (export "mem" (memory 0)))
(register "again" $Again)
(module (memory (import "again" "mem") 1 2 shared))
(assert_unlinkable (module (memory (import "again" "mem") 1 2)) "incompatible import type")

;; Within another agent.
(thread $Agent (shared (module $Shared))
  (register "shared" $Shared)
  (module (memory (import "shared" "mem") 1 2 shared))
  (assert_unlinkable (module (memory (import "shared" "mem") 1 2)) "incompatible import type")
)
(wait $Agent)
