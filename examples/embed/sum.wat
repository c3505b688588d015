;; Sums the squares of 1 to N, which the host computes.
(module
  (import "host" "square" (func $square (param i64) (result i64)))
  (memory (export "memory") 1)
  (global $total (export "total") (mut i64) (i64.const 0))
  (func (export "sum") (param $n i64)
    (loop $next
      (global.set $total (i64.add (global.get $total) (call $square (local.get $n))))
      (br_if $next (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1)))
                           (i64.const 0))))))
