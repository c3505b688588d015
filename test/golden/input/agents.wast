;; Failures of agents are told with the agent's name, in the order of the script.
(module $Mem (memory (export "m") 1 1 shared))
(thread $A (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "m") 1 1 shared)
    (func (export "swap") (result i32) (i32.atomic.rmw.xchg (i32.const 0) (i32.const 1))))
  (thread $B (shared (module $Mem))
    (assert_trap (invoke "swap") "unreachable"))
  (wait $B)
  (assert_return (invoke "swap") (i32.const 9))
  (assert_return (invoke "swap") (i32.const 1)))
(wait $A)
(assert_return (invoke $Mem "none"))
