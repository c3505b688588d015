(module
  (memory 1 1 shared)
  (func (export "wait") (param i64) (result i32)
    (memory.atomic.wait32 (i32.const 8) (i32.const 0) (local.get 0))))
