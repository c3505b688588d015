;; Agents that start agents: a shared module is handed down level by level; an agent may hand down a memory that it has
;; made itself; what an agent has written is seen by those that it starts afterwards, and by those that wait for its end.
;;
;; Specification: overview, "Agents and Agent Clusters"; the script language of the reference interpreter.

;; Four levels, each of which adds a digit, plainly, before it starts the next and after it has ended.

(module $Mem (memory (export "mem") 1 1 shared))
(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "push") (param i32) (result i32)
    (i32.store (i32.const 0) (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (local.get 0)))
    (i32.load (i32.const 0))))
(assert_return (invoke "push" (i32.const 1)) (i32.const 1))

(thread $Level2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "push") (param i32) (result i32)
      (i32.store (i32.const 0) (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (local.get 0)))
      (i32.load (i32.const 0))))
  (assert_return (invoke "push" (i32.const 2)) (i32.const 12))

  (thread $Level3 (shared (module $Mem))
    (register "mem" $Mem)
    (module
      (memory (import "mem" "mem") 1 1 shared)
      (func (export "push") (param i32) (result i32)
        (i32.store (i32.const 0) (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (local.get 0)))
        (i32.load (i32.const 0))))
    (assert_return (invoke "push" (i32.const 3)) (i32.const 123))

    (thread $Level4 (shared (module $Mem))
      (register "mem" $Mem)
      (module
        (memory (import "mem" "mem") 1 1 shared)
        (func (export "push") (param i32) (result i32)
          (i32.store (i32.const 0) (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10)) (local.get 0)))
          (i32.load (i32.const 0))))
      (assert_return (invoke "push" (i32.const 4)) (i32.const 1234))
    )
    (wait $Level4)
    (assert_return (invoke "push" (i32.const 5)) (i32.const 12345))
  )
  (wait $Level3)
  (assert_return (invoke "push" (i32.const 6)) (i32.const 123456))
)
(wait $Level2)
(assert_return (invoke "push" (i32.const 7)) (i32.const 1234567))

;; An agent makes a memory of its own and shares it with two agents that it starts, together with the memory that it
;; was given. The inner agents meet in the inner memory; one of them adds up in the outer one.

(module $Outer (memory (export "mem") 1 1 shared))

(thread $Parent (shared (module $Outer))
  (module $Inner (memory (export "mem") 1 1 shared))

  (thread $Left (shared (module $Outer)) (shared (module $Inner))
    (register "inner" $Inner)
    (module
      (memory (import "inner" "mem") 1 1 shared)
      (func (export "run")
        (i32.store (i32.const 4) (i32.const 40))
        (i32.atomic.store (i32.const 0) (i32.const 1))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))
    (assert_return (invoke "run"))
  )

  (thread $Right (shared (module $Inner)) (shared (module $Outer))
    (register "inner" $Inner)
    (module $Receiver
      (memory (import "inner" "mem") 1 1 shared)
      (func (export "run") (result i32)
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (i32.load (i32.const 4))))
    (register "outer" $Outer)
    (module $Adder
      (memory (import "outer" "mem") 1 1 shared)
      (func (export "add") (param i32) (result i32)
        (i32.atomic.rmw.add (i32.const 0) (local.get 0))))
    (assert_return (invoke $Adder "add" (i32.const 2)) (i32.const 0))
    (assert_return (invoke $Receiver "run") (i32.const 40))
    (assert_return (invoke $Adder "add" (i32.const 40)) (i32.const 2))
  )

  (wait $Left)
  (wait $Right)
)
(wait $Parent)

(register "outer" $Outer)
(module
  (memory (import "outer" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
(assert_return (invoke "load" (i32.const 0)) (i32.const 42))
(assert_return (invoke "load" (i32.const 4)) (i32.const 0))

;; A memory exported again by another module is the same memory, and may be handed on; so may a module that has functions
;; and a start function which it does not export.

(module $First
  (memory (export "mem") (export "same") 1 1 shared)
  (func $init (i32.store (i32.const 8) (i32.const 5)))
  (start $init))
(register "first" $First)
(module $Second
  (import "first" "same" (memory 1 1 shared))
  (export "again" (memory 0))
  (data (i32.const 12) "\06"))

(thread $T (shared (module $Second)) (shared (module $First))
  (register "first" $First)
  (register "second" $Second)
  (module
    (memory (import "second" "again") 1 1 shared)
    (func (export "sum") (result i32)
      (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12))))
    (func (export "store") (param i32) (i32.store (i32.const 16) (local.get 0))))
  (assert_return (invoke "sum") (i32.const 11))
  (assert_return (invoke "store" (i32.const 7)))
  (module
    (memory (import "first" "mem") 1 1 shared)
    (func (export "load") (result i32) (i32.load (i32.const 16))))
  (assert_return (invoke "load") (i32.const 7))
)
(wait $T)

;; The parent ends before its child, which nobody waits for but through the memory.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Parent (shared (module $Mem))
  (thread $Orphan (shared (module $Mem))
    (register "mem" $Mem)
    (module
      (memory (import "mem" "mem") 1 1 shared)
      (func (export "run")
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (i32.atomic.store (i32.const 4) (i32.const 1))
        (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))))
    (assert_return (invoke "run"))
  )
)
(wait $Parent)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "run") (result i32)
    (i32.atomic.store (i32.const 0) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
    (i32.atomic.load (i32.const 4))))
(assert_return (invoke "run") (i32.const 1))
