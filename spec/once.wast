;; Initialisation by the first who comes: the start function of each agent's module finds the flag at 0 either 0 (nobody
;; has begun), 1 (somebody is at it: wait) or 2 (done). One agent copies a passive segment and fills; all of them read
;; the result with plain accesses, and have dropped their segment.
;;
;; Specification: overview, "Initializing Memory Only Once"; execution, "memory.init", "memory.fill", "data.drop".
;;
;;    0  the flag
;;    4  how many agents have done it
;;   16  the text

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $greeting "hello, agents")
    (func $init
      (block $done
        (block $busy
          (block $mine
            (br_table $mine $busy $done
              (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
          (memory.init $greeting (i32.const 16) (i32.const 0) (i32.const 13))
          (memory.fill (i32.const 29) (i32.const 0x21) (i32.const 3))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (i32.atomic.store (i32.const 0) (i32.const 2))
          (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))
          (br $done))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))))
      (data.drop $greeting))
    (start $init)
    (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
    (func (export "init") (memory.init $greeting (i32.const 0) (i32.const 0) (i32.const 1)))
  )
  (assert_return (invoke "load" (i32.const 16)) (i64.const 0x61202c6f6c6c6568))
  (assert_return (invoke "load" (i32.const 24)) (i64.const 0x21212173746e6567))
  (assert_trap (invoke "init") "out of bounds memory access")
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $greeting "hello, agents")
    (func $init
      (block $done
        (block $busy
          (block $mine
            (br_table $mine $busy $done
              (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
          (memory.init $greeting (i32.const 16) (i32.const 0) (i32.const 13))
          (memory.fill (i32.const 29) (i32.const 0x21) (i32.const 3))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (i32.atomic.store (i32.const 0) (i32.const 2))
          (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))
          (br $done))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))))
      (data.drop $greeting))
    (start $init)
    (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
    (func (export "init") (memory.init $greeting (i32.const 0) (i32.const 0) (i32.const 1)))
  )
  (assert_return (invoke "load" (i32.const 16)) (i64.const 0x61202c6f6c6c6568))
  (assert_return (invoke "load" (i32.const 24)) (i64.const 0x21212173746e6567))
  (assert_trap (invoke "init") "out of bounds memory access")
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $greeting "hello, agents")
    (func $init
      (block $done
        (block $busy
          (block $mine
            (br_table $mine $busy $done
              (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
          (memory.init $greeting (i32.const 16) (i32.const 0) (i32.const 13))
          (memory.fill (i32.const 29) (i32.const 0x21) (i32.const 3))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (i32.atomic.store (i32.const 0) (i32.const 2))
          (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))
          (br $done))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))))
      (data.drop $greeting))
    (start $init)
    (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
    (func (export "init") (memory.init $greeting (i32.const 0) (i32.const 0) (i32.const 1)))
  )
  (assert_return (invoke "load" (i32.const 16)) (i64.const 0x61202c6f6c6c6568))
  (assert_return (invoke "load" (i32.const 24)) (i64.const 0x21212173746e6567))
  (assert_trap (invoke "init") "out of bounds memory access")
)

(thread $Agent4 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (data $greeting "hello, agents")
    (func $init
      (block $done
        (block $busy
          (block $mine
            (br_table $mine $busy $done
              (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
          (memory.init $greeting (i32.const 16) (i32.const 0) (i32.const 13))
          (memory.fill (i32.const 29) (i32.const 0x21) (i32.const 3))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (i32.atomic.store (i32.const 0) (i32.const 2))
          (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))
          (br $done))
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))))
      (data.drop $greeting))
    (start $init)
    (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
    (func (export "init") (memory.init $greeting (i32.const 0) (i32.const 0) (i32.const 1)))
  )
  (assert_return (invoke "load" (i32.const 16)) (i64.const 0x61202c6f6c6c6568))
  (assert_return (invoke "load" (i32.const 24)) (i64.const 0x21212173746e6567))
  (assert_trap (invoke "init") "out of bounds memory access")
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)
(wait $Agent4)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
)
(assert_return (invoke "load" (i32.const 0)) (i32.const 2))
(assert_return (invoke "load" (i32.const 4)) (i32.const 1))
