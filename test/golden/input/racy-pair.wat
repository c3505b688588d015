(module (memory (import "env" "memory") 1 1 shared)
 (func (export "t0") (i32.store (i32.const 0) (i32.const 1)))
 (func (export "t1") (result i32) (i32.load (i32.const 0))))
