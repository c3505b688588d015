;; Agents over one memory.
(module
  (memory (import "env" "memory") 1 2 shared)
  (func (export "number") (param i32) (result i32) (local.get 0))
  (func (export "pair") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
  (func (export "race") (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1))))
  (func (export "wait") (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1))))
  (func $fall (i32.store (i32.const 131072) (i32.const 0)))
  (func (export "fall") (call $fall))
  (func (export "spin") (loop (br 0))))
