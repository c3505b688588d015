;; Agents whose waits and sleeps end at about one time: the next whole millisecond of the clock, for sleeps and a number of
;; nanoseconds more or less. Each prints its number when it is over.
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "spectest" "print_i32" (func $print (param i32)))
  (import "env" "memory" (memory 1 1 shared))
  ;; the time now, read into the agent's own bytes at 256 times its number
  (func $now (param $at i32) (result i64)
    (drop (call $clock (i32.const 1) (i64.const 0) (local.get $at)))
    (i64.load (local.get $at)))
  (func $end (param $now i64) (result i64)
    (i64.mul (i64.add (i64.div_u (local.get $now) (i64.const 1000000)) (i64.const 1)) (i64.const 1000000)))
  (func (export "wait") (param $number i32) (param $more i32)
    (local $now i64)
    (local.set $now (call $now (i32.mul (local.get $number) (i32.const 256))))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.sub (call $end (local.get $now)) (local.get $now))))
    (call $print (local.get $number)))
  (func (export "sleep") (param $number i32) (param $more i32)
    (local $at i32)
    (local.set $at (i32.mul (local.get $number) (i32.const 256)))
    (i64.store offset=24 (local.get $at)
      (i64.add (call $end (call $now (i32.add (local.get $at) (i32.const 128)))) (i64.extend_i32_s (local.get $more))))
    (i32.store offset=16 (local.get $at) (i32.const 1)) ;; the monotonic clock
    (i32.store16 offset=40 (local.get $at) (i32.const 1)) ;; its time, not from now
    (drop (call $poll (local.get $at) (i32.add (local.get $at) (i32.const 64)) (i32.const 1)
      (i32.add (local.get $at) (i32.const 96))))
    (call $print (local.get $number))))
