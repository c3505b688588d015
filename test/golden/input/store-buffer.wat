(module (memory (import "env" "memory") 1 1 shared)
 (func (export "t0") (result i32) (i32.atomic.store (i32.const 0) (i32.const 1)) (i32.atomic.load (i32.const 4)))
 (func (export "t1") (result i32) (i32.atomic.store (i32.const 4) (i32.const 1)) (i32.atomic.load (i32.const 0))))
