;; Instructions and a call of the host that take long, again and again.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "env" "memory" (memory 65536 65536 shared))
  (export "memory" (memory 0))
  (func (export "fill")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 0xffffffff))
      (br $again)))
  (func (export "copy")
    (loop $again
      (memory.copy (i32.const 64) (i32.const 0) (i32.const 0xffffffbf))
      (br $again)))
  (func (export "chance")
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.const 0xffffffff)))
      (br $again))))
