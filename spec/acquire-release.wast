;; Orderings of atomic accesses and pause (acquire-release atomics proposal, Overview): bit 4 of a memop's
;; flags, an ordering byte behind the memory's index, twice for read-modify-writes; the fence's byte.
;; Everything is executed as sequentially consistent.
(module
  (memory 1 1 shared)
  (memory $m 1 1 shared)
  (func (export "store") (param i32) (i32.atomic.store acqrel (i32.const 8) (local.get 0)))
  (func (export "load") (result i32) (i32.atomic.load acqrel (i32.const 8)))
  (func (export "load-seqcst") (result i32) (i32.atomic.load seqcst offset=4 (i32.const 4)))
  (func (export "add") (param i32) (result i32)
    (i32.atomic.rmw.add acqrel (i32.const 8) (local.get 0)))
  (func (export "cmpxchg") (param i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg $m acqrel (i32.const 8) (local.get 0) (local.get 1)))
  (func (export "fences") (atomic.fence) (atomic.fence acqrel) (atomic.fence seqcst) (pause))
  (func (export "unaligned") (drop (i32.atomic.load acqrel (i32.const 2))))
  (func (export "beyond") (drop (i32.atomic.load acqrel (i32.const 65536)))))
(assert_return (invoke "store" (i32.const 5)))
(assert_return (invoke "load") (i32.const 5))
(assert_return (invoke "load-seqcst") (i32.const 5))
(assert_return (invoke "add" (i32.const 2)) (i32.const 5))
(assert_return (invoke "load") (i32.const 7))
(assert_return (invoke "cmpxchg" (i32.const 0) (i32.const 3)) (i32.const 0))
(assert_return (invoke "cmpxchg" (i32.const 3) (i32.const 4)) (i32.const 3))
(assert_return (invoke "fences"))
(assert_trap (invoke "unaligned") "unaligned atomic")
(assert_trap (invoke "beyond") "out of bounds memory access")
(assert_malformed (module quote "(memory 1 1 shared) (func (drop (i32.load acqrel (i32.const 0))))")
  "unexpected token")
(assert_malformed (module quote "(memory 1 1 shared)"
    "(func (drop (memory.atomic.notify acqrel (i32.const 0) (i32.const 0))))") "unexpected token")
(assert_invalid (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\05\04\01\03\01\01" "\0a\0b\01\09\00\41\00\28\12\00\00\1a\0b") "memory ordering given")
(assert_invalid (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\05\04\01\03\01\01" "\0a\0e\01\0c\00\41\00\41\00\fe\00\12\00\00\1a\0b") "memory ordering given")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\05\04\01\03\01\01" "\0a\0c\01\0a\00\41\00\fe\10\12\02\00\1a\0b") "malformed memory ordering")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\05\04\01\03\01\01" "\0a\0e\01\0c\00\41\00\41\00\fe\1e\12\01\00\1a\0b") "malformed memory ordering")
