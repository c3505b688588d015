;; Leaves behind whatever it can, and traps if it finds any of that: in memories, shared and its own, also where they
;; have grown, in its stack, its globals and its tables. Its agents race, so that there are reports and traces to compare.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory $shared 1 4 shared))
  (import "env" "small" (memory $small 1 1 shared))
  (memory $own 3 8)
  (table $table 4 8 funcref)
  (global $global (mut i64) (i64.const 0))
  (elem declare func $deep)

  ;; Uses much of the stack, and leaves cells there that are not zero.
  (func $deep (param $depth i32) (result i64)
    (local $a i64) (local $b i64)
    (local.set $a (i64.const -1))
    (local.set $b (i64.const 0x5A5A5A5A5A5A5A5A))
    (if (i32.eqz (local.get $depth)) (then (return (local.get $a))))
    (i64.xor (local.get $b)
      (i64.xor (local.get $a) (call $deep (i32.sub (local.get $depth) (i32.const 1))))))

  (func $expect (param $zero i64)
    (if (i64.ne (local.get $zero) (i64.const 0)) (then unreachable)))

  ;; What belongs to the agent alone.
  (func $private (param $agent i32)
    (call $expect (global.get $global))
    (global.set $global (i64.const 7))
    (if (i32.eqz (ref.is_null (table.get $table (i32.const 3)))) (then unreachable))
    (table.set $table (i32.const 3) (ref.func $deep))
    (drop (table.grow $table (ref.func $deep) (i32.const 2)))
    (call $expect (i64.load $own (i32.const 0)))
    (call $expect (i64.load $own (i32.const 196600)))
    (i64.store $own (i32.const 0) (i64.const -1))
    (i64.store $own (i32.const 196600) (i64.const -1))
    (if (i32.ne (memory.grow $own (i32.const 2)) (i32.const 3)) (then unreachable))
    (call $expect (i64.load $own (i32.const 327672)))
    (memory.fill $own (i32.const 262144) (i32.const 0xFF) (i32.const 65536))
    (drop (call $deep (i32.add (i32.const 40) (i32.mul (local.get $agent) (i32.const 900))))))

  (func $race (param $agent i32)
    (i32.store $shared (i32.const 16) (i32.add (i32.load $shared (i32.const 16)) (local.get $agent)))
    (drop (i32.atomic.rmw.add $small (i32.const 65532) (i32.const 1))))

  (func (export "wasi_thread_start") (param $number i32) (param $agent i32)
    (call $private (local.get $agent))
    (call $race (local.get $agent)))

  (func (export "_start")
    (call $expect (i64.load $shared (i32.const 8)))
    (call $expect (i64.load $shared (i32.const 65528)))
    (call $expect (i64.load $small (i32.const 65528)))
    (i64.store $shared (i32.const 8) (i64.const -1))
    (i64.store $shared (i32.const 65528) (i64.const -1))
    (if (i32.ne (memory.grow $shared (i32.const 2)) (i32.const 1)) (then unreachable))
    (call $expect (i64.load $shared (i32.const 196600)))
    (memory.fill $shared (i32.const 65536) (i32.const 0xFF) (i32.const 131072))
    (call $private (i32.const 0))
    (drop (call $spawn (i32.const 1)))
    (drop (call $spawn (i32.const 2)))
    (call $race (i32.const 4))
    ;; Ends when both have ended, or without them.
    (if (i32.eq (i32.load $shared (i32.const 16)) (i32.const 5)) (then (return)))
    (drop (memory.atomic.wait32 $small (i32.const 65532) (i32.const 1) (i64.const 1000)))))
