;; A stack without locks (Treiber's), with a version beside the top: it grows with every change, so that a top that has
;; come back is not mistaken for one that has never left.
;;
;;    0  top: the address of the first node, or 0
;;    4  how often it was changed; both are read and replaced as one word of 64 bits
;;   16, 32, 48  the nodes; the first word of each is the address of the next one

(module $Memory
  (memory (export "memory") 1 1 shared)
  (data (i32.const 0) "\10")    ;; top -> 16 -> 32 -> 48
  (data (i32.const 16) "\20")
  (data (i32.const 32) "\30"))
(register "shared" $Memory)

(thread $One (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; The top and its version, as one word of 64 bits, if they are still $old: sets the node, and the next version.
    ;; Returns 1 if that was so.
    (func $replace (param $old i64) (param $node i32) (result i32)
      (i64.eq
        (i64.atomic.rmw.cmpxchg (i32.const 0)
          (local.get $old)
          (i64.or
            (i64.extend_i32_u (local.get $node))
            ;; The version is the high half; the low half of $old must not carry into it.
            (i64.add
              (i64.and (local.get $old) (i64.const 0xffff_ffff_0000_0000))
              (i64.const 0x1_0000_0000))))
        (local.get $old)))
    ;; Returns the node that was the first one, or 0.
    (func $pop (result i32)
      (local $old i64) (local $top i32)
      (loop $again
        (local.set $old (i64.atomic.load (i32.const 0)))
        (local.set $top (i32.wrap_i64 (local.get $old)))
        (if (i32.eqz (local.get $top)) (then (return (i32.const 0))))
        (br_if $again
          (i32.eqz (call $replace (local.get $old) (i32.atomic.load (local.get $top))))))
      (local.get $top))
    (func $push (param $node i32)
      (local $old i64)
      (loop $again
        (local.set $old (i64.atomic.load (i32.const 0)))
        (i32.atomic.store (local.get $node) (i32.wrap_i64 (local.get $old)))
        (br_if $again (i32.eqz (call $replace (local.get $old) (local.get $node))))))
    (func $take_one (export "take one")
      (drop (call $pop)))
    ;; The node is mine: nobody else touches these words.
    (func $use (param $node i32)
      (i32.store offset=4 (local.get $node) (i32.const 1))
      (i32.store offset=8 (local.get $node) (i32.const 2)))
    (func $take_two_return_one (export "take two, return one")
      (local $first i32)
      (call $use (local.tee $first (call $pop)))
      (call $use (call $pop))
      (call $push (local.get $first))))
  (invoke "take one"))

(thread $Two (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $replace (param $old i64) (param $node i32) (result i32)
      (i64.eq
        (i64.atomic.rmw.cmpxchg (i32.const 0)
          (local.get $old)
          (i64.or
            (i64.extend_i32_u (local.get $node))
            (i64.add
              (i64.and (local.get $old) (i64.const 0xffff_ffff_0000_0000))
              (i64.const 0x1_0000_0000))))
        (local.get $old)))
    (func $pop (result i32)
      (local $old i64) (local $top i32)
      (loop $again
        (local.set $old (i64.atomic.load (i32.const 0)))
        (local.set $top (i32.wrap_i64 (local.get $old)))
        (if (i32.eqz (local.get $top)) (then (return (i32.const 0))))
        (br_if $again
          (i32.eqz (call $replace (local.get $old) (i32.atomic.load (local.get $top))))))
      (local.get $top))
    (func $push (param $node i32)
      (local $old i64)
      (loop $again
        (local.set $old (i64.atomic.load (i32.const 0)))
        (i32.atomic.store (local.get $node) (i32.wrap_i64 (local.get $old)))
        (br_if $again (i32.eqz (call $replace (local.get $old) (local.get $node))))))
    (func $take_one (export "take one")
      (drop (call $pop)))
    (func $use (param $node i32)
      (i32.store offset=4 (local.get $node) (i32.const 1))
      (i32.store offset=8 (local.get $node) (i32.const 2)))
    (func $take_two_return_one (export "take two, return one")
      (local $first i32)
      (call $use (local.tee $first (call $pop)))
      (call $use (call $pop))
      (call $push (local.get $first))))
  (invoke "take two, return one"))

(wait $One)
(wait $Two)

(module
  (memory (import "shared" "memory") 1 1 shared)
  ;; How many nodes are on the stack; 9 if they form a ring.
  (func (export "length") (result i32)
    (local $node i32) (local $n i32)
    (local.set $node (i32.load (i32.const 0)))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $node)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set $node (i32.load (local.get $node)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 9)))))
    (local.get $n)))
;; Three nodes, two of them held by somebody: one is left.
(assert_return (invoke "length") (i32.const 1))
