;; What LLD makes, in short: data at 1024, then the main agent's stack from 2048 to 4096, which
;; grows down. Frames have 256 bytes.
(module
  (import "env" "memory" (memory 1 8 shared))
  (import "env" "spawn" (func $spawn (param i32) (result i32)))
  (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 4096))
  (func $__wasm_init_memory
    (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 1020) (i32.const 0) (i32.const 1)))
      (then (memory.fill (i32.const 1024) (i32.const 0) (i32.const 1024)))))
  (start $__wasm_init_memory)
  (func $deep (param $calls i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 256)))
    (i32.store (global.get $__stack_pointer) (local.get $calls))
    (if (local.get $calls) (then (call $deep (i32.sub (local.get $calls) (i32.const 1)))))
    (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 256))))
  (export "deep" (func $deep))
  ;; Spawns an agent that calls $deep and waits for its end, with a frame of its own.
  (func (export "share") (param $calls i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 256)))
    (drop (call $spawn (local.get $calls)))
    (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1))))
  (func (export "thread") (param $number i32) (param $calls i32)
    (call $deep (local.get $calls))
    (i32.atomic.store (i32.const 16) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 16) (i32.const 1))))
  ;; The same, but it sets its stack pointer first.
  (func (export "thread-with-stack") (param $number i32) (param $calls i32)
    (global.set $__stack_pointer (i32.const 65536))
    (call $deep (local.get $calls))
    (i32.atomic.store (i32.const 16) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 16) (i32.const 1)))))
