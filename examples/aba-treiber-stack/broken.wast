;; A stack without locks (Treiber's): a compare-exchange replaces the top if it is still the one that was read. One
;; agent takes a node; the other takes two and returns the first of them. If the second agent does all that while
;; the first stands before its compare-exchange, the top is again what it was, but its successor is not. See README.md.
;;
;;    0  top: the address of the first node, or 0
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
    ;; Returns the node that was the first one, or 0.
    (func $pop (result i32)
      (local $top i32) (local $next i32)
      (loop $again
        (local.set $top (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $top)) (then (return (i32.const 0))))
        (local.set $next (i32.atomic.load (local.get $top)))
        ;; If the top is what it was, is the next node what it was?
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg (i32.const 0) (local.get $top) (local.get $next))
            (local.get $top))))
      (local.get $top))
    (func $push (param $node i32)
      (local $top i32)
      (loop $again
        (local.set $top (i32.atomic.load (i32.const 0)))
        (i32.atomic.store (local.get $node) (local.get $top))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg (i32.const 0) (local.get $top) (local.get $node))
            (local.get $top)))))
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
    (func $pop (result i32)
      (local $top i32) (local $next i32)
      (loop $again
        (local.set $top (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $top)) (then (return (i32.const 0))))
        (local.set $next (i32.atomic.load (local.get $top)))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg (i32.const 0) (local.get $top) (local.get $next))
            (local.get $top))))
      (local.get $top))
    (func $push (param $node i32)
      (local $top i32)
      (loop $again
        (local.set $top (i32.atomic.load (i32.const 0)))
        (i32.atomic.store (local.get $node) (local.get $top))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg (i32.const 0) (local.get $top) (local.get $node))
            (local.get $top)))))
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
