;; What agents share and what they do not: a module given to a thread by (shared (module $M)) brings its memory; names,
;; registrations, instances, globals, tables, unshared memories and call stacks are each agent's own.
;;
;; Specification: overview, "Agents and Agent Clusters"; the script language of the reference interpreter.

;; A registration is seen by the agent that made it, not by the agents that it starts or by the one that started it.

(module $Mem (memory (export "mem") 1 1 shared))
(register "outer" $Mem)

(thread $T (shared (module $Mem))
  (assert_unlinkable (module (memory (import "outer" "mem") 1 1 shared)) "unknown import")
  (register "inner" $Mem)
  (module (memory (import "inner" "mem") 1 1 shared))
  (assert_unlinkable (module (memory (import "outer" "mem") 1 1 shared)) "unknown import")
)
(wait $T)
(module (memory (import "outer" "mem") 1 1 shared))
(assert_unlinkable (module (memory (import "inner" "mem") 1 1 shared)) "unknown import")

;; One name may mean different modules in different agents.

(module $M (func (export "f") (result i32) (i32.const 1)))
(thread $T
  (module $M (func (export "f") (result i32) (i32.const 2)))
  (assert_return (invoke $M "f") (i32.const 2))
  (assert_return (invoke "f") (i32.const 2))
)
(wait $T)
(assert_return (invoke $M "f") (i32.const 1))
(assert_return (invoke "f") (i32.const 1))

;; An agent without commands, one without a name, an agent waited for twice and one that is over before it is waited for.

(thread $Empty)
(wait $Empty)
(wait $Empty)
(thread
  (module (func (export "f") (result i32) (i32.const 3)))
  (assert_return (invoke "f") (i32.const 3))
)
(wait)
(wait)

;; The host module is there in every agent.

(thread $T
  (module
    (global $g (import "spectest" "global_i32") i32)
    (func (import "spectest" "print"))
    (func (export "g") (result i32) (global.get $g)))
  (assert_return (invoke "g") (i32.const 666))
)
(wait $T)

;; Instances of one module text in two agents: the global, the table and the unshared memory are each agent's own; the
;; shared memory is common. Each agent counts in all of them 100 times.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $A (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (global $count (export "count") (mut i32) (i32.const 0))
    (table $table 2 funcref)
    (elem $choices func $zero $one)
    (func $zero (result i32) (i32.const 0))
    (func $one (result i32) (i32.const 1))
    (type $result (func (result i32)))
    (func (export "choose")
      (table.init $table $choices (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "call") (result i32)
      (call_indirect $table (type $result) (i32.const 0)))
    (func (export "run")
      (loop $next
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (br_if $next (i32.lt_u (global.get $count) (i32.const 100)))))
  )
  (assert_trap (invoke "call") "uninitialized element")
  (assert_return (invoke "choose"))
  (assert_return (invoke "run"))
  (assert_return (get "count") (i32.const 100))
  (assert_return (invoke "call") (i32.const 0))
)

(thread $B (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (global $count (export "count") (mut i32) (i32.const 0))
    (table $table 2 funcref)
    (elem $choices func $zero $one)
    (func $zero (result i32) (i32.const 0))
    (func $one (result i32) (i32.const 1))
    (type $result (func (result i32)))
    (func (export "choose")
      (table.init $table $choices (i32.const 0) (i32.const 1) (i32.const 1)))
    (func (export "call") (result i32)
      (call_indirect $table (type $result) (i32.const 0)))
    (func (export "run")
      (loop $next
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (br_if $next (i32.lt_u (global.get $count) (i32.const 100)))))
  )
  (assert_trap (invoke "call") "uninitialized element")
  (assert_return (invoke "choose"))
  (assert_return (invoke "run"))
  (assert_return (get "count") (i32.const 100))
  (assert_return (invoke "call") (i32.const 1))
)

(wait $A)
(wait $B)
(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "load") (i32.const 200))

;; Unshared memories of the same module text.

(thread $A
  (module
    (memory 1)
    (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
    (func (export "grow") (result i32) (memory.grow (i32.const 1))))
  (assert_return (invoke "add" (i32.const 1)) (i32.const 0))
  (assert_return (invoke "grow") (i32.const 1))
  (assert_return (invoke "add" (i32.const 1)) (i32.const 1))
)
(thread $B
  (module
    (memory 1)
    (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
    (func (export "grow") (result i32) (memory.grow (i32.const 1))))
  (assert_return (invoke "add" (i32.const 2)) (i32.const 0))
  (assert_return (invoke "grow") (i32.const 1))
  (assert_return (invoke "add" (i32.const 2)) (i32.const 2))
)
(wait $A)
(wait $B)

;; A trap or an exhausted stack ends the call of one agent; that agent goes on with its next command, and the others
;; are not concerned. What was written before the trap stays written.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Trapping (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "trap")
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (unreachable))
    (func $runaway (export "runaway") (call $runaway))
    (func (export "notify")
      (loop $again
        (br_if $again (i32.eqz (memory.atomic.notify (i32.const 4) (i32.const 1)))))))
  (assert_trap (invoke "trap") "unreachable")
  (assert_exhaustion (invoke "runaway") "call stack exhausted")
  (assert_exhaustion (invoke "runaway") "call stack exhausted")
  (assert_return (invoke "notify"))
)

(thread $Waiting (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $runaway (export "runaway") (call $runaway))
    (func (export "run") (result i32)
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
      (i32.atomic.load (i32.const 0))))
  (assert_exhaustion (invoke "runaway") "call stack exhausted")
  (assert_return (invoke "run") (i32.const 1))
)

(wait $Trapping)
(wait $Waiting)
