;; Definitions of modules and several instances of one: (module definition $M …), (module instance $I $M); quoted
;; identifiers; shared modules that are importable by their names. Scripts of WebAssembly 3.0 (interpreter/README.md,
;; "Scripts"); the last is wasmtime's convention.

(module definition $M
  (memory (export "memory") 1)
  (global $g (mut i32) (i32.const 0))
  (func (export "set") (param i32) (global.set $g (local.get 0)) (i32.store (i32.const 0) (local.get 0)))
  (func (export "get") (result i32) (i32.add (global.get $g) (i32.load (i32.const 0)))))

;; Each instance has its own global and memory; the latest module is what `(module instance)` means.
(module instance $A $M)
(module instance $"B" $M)
(invoke $A "set" (i32.const 1))
(assert_return (invoke $A "get") (i32.const 2))
(assert_return (invoke $B "get") (i32.const 0))
(assert_return (invoke "get") (i32.const 0))
(module instance)
(invoke "set" (i32.const 5))
(assert_return (invoke "get") (i32.const 10))
(assert_return (invoke $"A" "get") (i32.const 2))
(register "a" $A)
(module (memory (import "a" "memory") 1) (func (export "word") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "word") (i32.const 1))

;; A module that was instantiated at once can be instantiated again, its start function included.
(module $S
  (global $n (export "n") (mut i32) (i32.const 0))
  (func $start (global.set $n (i32.add (global.get $n) (i32.const 3))))
  (start $start))
(module instance $S2 $S)
(assert_return (get $S "n") (i32.const 3))
(assert_return (get $S2 "n") (i32.const 3))

;; A definition may be malformed, and is not instantiated: this one would trap.
(module definition (func unreachable) (start 0))
(assert_malformed (module quote "(func $\"\\ef\")") "malformed UTF-8")
(assert_malformed (module quote "(@ x)") "empty annotation id")
(assert_malformed (module quote "(@\"\")") "empty annotation id")
(assert_malformed (module quote "(@\"\\ef\")") "malformed UTF-8")
(assert_malformed (module quote "(@a \00)") "illegal character")

;; A comment ends at a carriage return, too.
(module quote "(func (export \"two\") (result i32) (i32.const 1) ;; one\0d (return (i32.const 2)))")
(assert_return (invoke "two") (i32.const 2))

;; A module that is shared with a thread is importable by its name without its `$`, there and here.
(module $Memory (memory (export "shared") 1 1 shared))
(assert_unlinkable (module (memory (import "Memory" "shared") 1 1 shared)) "unknown import")
(thread $T (shared (module $Memory))
  (module
    (memory (import "Memory" "shared") 1 1 shared)
    (func (export "store") (i32.store (i32.const 8) (i32.const 7))))
  (invoke "store"))
(wait $T)
(module
  (memory (import "Memory" "shared") 1 1 shared)
  (func (export "load") (result i32) (i32.load (i32.const 8))))
(assert_return (invoke "load") (i32.const 7))

;; What is registered goes first.
(module (memory (export "shared") 1 1 shared))
(register "Memory")
(module
  (memory (import "Memory" "shared") 1 1 shared)
  (func (export "load") (result i32) (i32.load (i32.const 8))))
(assert_return (invoke "load") (i32.const 0))

;; Waiting on an unshared memory, in the official suite's words and in wasmtime's.
(module (memory 1) (func (export "wait") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))))
(assert_trap (invoke "wait") "expected shared memory")
(assert_trap (invoke "wait") "atomic wait on non-shared memory")

;; What must fail may be an instance of a definition, too.
(module definition $Needs (import "nowhere" "f" (func)))
(assert_unlinkable (module instance $Needs) "unknown import")
(module definition $Traps (func unreachable) (start 0))
(assert_trap (module instance) "unreachable")
