;; Loops that never end, and agents that look at what they do.
(module
  (memory (import "env" "memory") 1 1 shared)
  (func (export "count") (loop $on (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (br $on)))
  (func (export "look") (result i32) (i32.atomic.load (i32.const 0)))
  (func (export "tick")
    (loop $on
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (i32.store (i32.const 8) (i32.const 1))
      (br $on)))
  (func (export "peek") (result i32) (i32.load (i32.const 8))))
