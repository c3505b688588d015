;; Waits for a notify that nobody can send.
(module
  (memory 1 1 shared)
  (func $lock (param i32) (result i32)
    (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1)))
  (func (export "_start") (drop (call $lock (i32.const 64)))))
