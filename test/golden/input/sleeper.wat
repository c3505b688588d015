;; One agent sleeps for a tenth of a millisecond and then lets those go on that spin.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "sleep") (result i32)
    (i32.store (i32.const 16) (i32.const 1)) ;; the monotonic clock
    (i64.store (i32.const 24) (i64.const 100000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 96)))
    (i32.atomic.store (i32.const 128) (i32.const 1))
    (i32.load (i32.const 96)))
  (func (export "spin")
    (loop $again (br_if $again (i32.eqz (i32.atomic.load (i32.const 128)))))))
