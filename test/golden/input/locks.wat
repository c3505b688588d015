;; Spin locks: a gate that both pass, then two locks that they take in different orders.
(module
  (import "env" "memory" (memory 1 1 shared))
  (func $take (param $lock i32)
    (loop $again
      (br_if $again (i32.atomic.rmw.xchg (local.get $lock) (i32.const 1)))))
  (func $leave (param $lock i32) (i32.atomic.store (local.get $lock) (i32.const 0)))
  (func (export "both") (param $first i32) (param $second i32)
    (call $take (i32.const 64))
    (call $leave (i32.const 64))
    (call $take (local.get $first))
    (call $take (local.get $second))
    (call $leave (local.get $second))
    (call $leave (local.get $first))))
