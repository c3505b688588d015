;; What one agent of the threaded benchmark runs: `count` atomic additions to the counter at `addr`.
;; bench/threads.sh puts a copy of this module into each thread of a script.
(module
  (memory (import "env" "memory") 1 1 shared)

  (func (export "add") (param $addr i32) (param $count i32)
    (block $done
      (br_if $done (i32.eqz (local.get $count)))
      (loop $again
        (drop (i32.atomic.rmw.add (local.get $addr) (i32.const 1)))
        (br_if $again
          (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  (func (export "get") (param $addr i32) (result i32)
    (i32.atomic.load (local.get $addr))))
