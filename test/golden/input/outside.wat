;; Three agents: one reads the input, one a file, and one sleeps, looks at the clock and takes chance; all write what
;; they find. Main awaits them, writes the file `out` of its first directory, and ends with status 4.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "start" (func $spawn (param i32)))
  (memory (export "memory") (import "env" "memory") 1 2 shared)
  (global $own (mut i32) (i32.const 4096)) ;; the agent's own kilobyte
  (data $names "fileout")
  ;; Writes so many bytes at own + 256 to a descriptor.
  (func $write (param $fd i32) (param $length i32)
    (i32.store (global.get $own) (i32.add (global.get $own) (i32.const 256)))
    (i32.store offset=4 (global.get $own) (local.get $length))
    (drop (call $fd_write (local.get $fd) (global.get $own) (i32.const 1)
      (i32.add (global.get $own) (i32.const 8)))))
  ;; Copies a descriptor to standard output.
  (func $copy (param $fd i32) (local $length i32)
    (block (loop
      (i32.store (global.get $own) (i32.add (global.get $own) (i32.const 256)))
      (i32.store offset=4 (global.get $own) (i32.const 40))
      (br_if 1 (call $fd_read (local.get $fd) (global.get $own) (i32.const 1)
        (i32.add (global.get $own) (i32.const 8))))
      (br_if 1 (i32.eqz (local.tee $length (i32.load offset=8 (global.get $own)))))
      (call $write (i32.const 1) (local.get $length))
      (br 0))))
  ;; Opens the name of so many bytes at `from` in the names.
  (func $open_name (param $from i32) (param $length i32) (param $flags i32) (param $rights i64) (result i32)
    (memory.init $names (i32.add (global.get $own) (i32.const 64)) (local.get $from) (local.get $length))
    (if (call $open (i32.const 3) (i32.const 0) (i32.add (global.get $own) (i32.const 64)) (local.get $length)
          (local.get $flags) (local.get $rights) (i64.const 0) (i32.const 0)
          (i32.add (global.get $own) (i32.const 72))) (then (unreachable)))
    (i32.load offset=72 (global.get $own)))
  ;; A byte as a letter, to own + 256 + at.
  (func $letter (param $at i32) (param $byte i32)
    (i32.store8 offset=256 (i32.add (global.get $own) (local.get $at))
      (i32.add (i32.const 97) (i32.rem_u (local.get $byte) (i32.const 26)))))
  (func $chance (local $i i32)
    ;; sleeps one millisecond
    (i32.store offset=144 (global.get $own) (i32.const 1))
    (i64.store offset=152 (global.get $own) (i64.const 1000000))
    (drop (call $poll (i32.add (global.get $own) (i32.const 128)) (i32.add (global.get $own) (i32.const 192))
      (i32.const 1) (i32.add (global.get $own) (i32.const 224))))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.add (global.get $own) (i32.const 512))))
    (drop (call $random (i32.add (global.get $own) (i32.const 520)) (i32.const 8)))
    (loop
      (call $letter (local.get $i) (i32.load8_u offset=512 (i32.add (global.get $own) (local.get $i))))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (i32.store8 offset=256 (i32.add (global.get $own) (local.get $i)) (i32.const 10))
    (call $write (i32.const 1) (i32.const 17)))
  (func (export "agent") (param $number i32) (param $what i32)
    (global.set $own (i32.mul (i32.const 1024) (i32.add (local.get $number) (i32.const 4))))
    (if (i32.eq (local.get $what) (i32.const 0)) (then (call $copy (i32.const 0))))
    (if (i32.eq (local.get $what) (i32.const 1))
      (then (call $copy (call $open_name (i32.const 0) (i32.const 4) (i32.const 0) (i64.const 2)))))
    (if (i32.eq (local.get $what) (i32.const 2)) (then (call $chance)))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "_start") (local $ended i32)
    (call $spawn (i32.const 0))
    (call $spawn (i32.const 1))
    (call $spawn (i32.const 2))
    (block (loop
      (br_if 1 (i32.eq (local.tee $ended (i32.atomic.load (i32.const 0))) (i32.const 3)))
      (drop (memory.atomic.wait32 (i32.const 0) (local.get $ended) (i64.const -1)))
      (br 0)))
    (i32.store offset=256 (global.get $own) (i32.const 0x0a656e6f)) ;; "one\n"
    (call $write (call $open_name (i32.const 4) (i32.const 3) (i32.const 9) (i64.const 64)) (i32.const 4))
    (call $exit (i32.const 4))))
