;; Counts privately, for as long as anybody would wait, after one event.
(module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "count") (local $n i64)
    (i32.store (i32.const 0) (i32.const 1))
    (loop $again
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br_if $again (i64.ne (local.get $n) (i64.const -1)))))
  (func (export "read") (drop (i32.atomic.load (i32.const 4)))))
