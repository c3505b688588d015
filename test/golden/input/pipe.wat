;; Reads standard input to its end, 1,000 bytes at once into two buffers, each time after asking whether there is something;
;; another agent writes into memory meanwhile. Exit status: 0 if 200,000 bytes came.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32 i32)
    (local $n i32)
    (loop $more
      (i32.atomic.store (i32.const 500) (local.tee $n (i32.add (local.get $n) (i32.const 1))))
      (br_if $more (i32.lt_u (local.get $n) (i32.const 1000)))))
  (func (export "_start")
    (local $sum i32)
    ;; the buffers at 0: 300 bytes at 1,000, 700 at 2,000; a subscription at 104: fd_read of 0
    (i64.store (i32.const 0) (i64.const 0x12c_0000_03e8))
    (i64.store (i32.const 8) (i64.const 0x2bc_0000_07d0))
    (i32.store8 (i32.const 112) (i32.const 1))
    (drop (call $spawn (i32.const 0)))
    (loop $more
      (if (call $poll (i32.const 104) (i32.const 200) (i32.const 1) (i32.const 300)) (then unreachable))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 300)) (then unreachable))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 300))))
      (br_if $more (i32.load (i32.const 300))))
    (call $exit (i32.ne (local.get $sum) (i32.const 200000)))))
