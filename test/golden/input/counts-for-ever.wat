;; Its state never comes again soon.
(module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "count") (param $times i64)
    (loop $again
      (drop (i64.atomic.rmw.add (i32.const 0) (i64.const 1)))
      (br_if $again
        (i64.ne (local.tee $times (i64.sub (local.get $times) (i64.const 1))) (i64.const 0))))))
