;; Each agent has references of its own, whatever it shares: agents that call by reference functions of
;; which some change a shared memory, and keep the next one in a local, a global and a table that
;; others do not see (core specification 3.0, section 4.4.8; threads proposal).

(module $Memory (memory (export "memory") 1 1 shared))

(thread $A (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (type $step (func (param i32) (result (ref null $step))))
    (memory (import "shared" "memory") 1 1 shared)
    (global $next (mut (ref null $step)) (ref.func $first))
    (table $t 2 (ref $step) (ref.func $last))
    (func $first (type $step)
      (drop (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
      (ref.func $second))
    (func $second (type $step)
      (drop (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
      (table.get $t (i32.const 1)))
    (func $last (type $step) (ref.null $step))
    (elem declare func $second)
    (func (export "run") (result i32)
      (local $n i32)
      (block $done
        (loop $more
          (global.set $next
            (br_on_null $done (call_ref $step (i32.const 1) (ref.as_non_null (global.get $next)))))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br $more)))
      (local.get $n)))
  (assert_return (invoke "run") (i32.const 2)))

(thread $B (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (type $step (func (param i32) (result (ref null $step))))
    (memory (import "shared" "memory") 1 1 shared)
    (func $only (type $step)
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.mul (local.get 0) (i32.const 10))))
      (ref.null $step))
    (elem declare func $only)
    (func (export "run") (result i32)
      (local $f (ref $step))
      (local.set $f (ref.func $only))
      (drop (call_ref $step (i32.const 1) (local.get $f)))
      (ref.is_null (call_ref $step (i32.const 2) (local.get $f)))))
  (assert_return (invoke "run") (i32.const 1)))

(wait $A)
(wait $B)

(register "shared" $Memory)
(module (memory (import "shared" "memory") 1 1 shared)
  (func (export "sum") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke "sum") (i32.const 32))
