;; Main writes a text to standard output while another agent changes it.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (memory (export "memory") (import "env" "memory") 1 1 shared)
  (func (export "wasi_thread_start") (param i32 i32) (i32.store8 (i32.const 65) (i32.const 98)))
  (func $write (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
  (func (export "_start")
    (i32.store (i32.const 64) (i32.const 0x0a6f6f61)) ;; "aoo\n"
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 4))
    (drop (call $spawn (i32.const 0)))
    (drop (call $write))
    (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const 1000)))))
