;; Three philosophers at a round table with three forks; each eats with two. Everybody takes the fork with the lower
;; address first. Who holds the highest fork that is taken waits for none, so somebody can always go on.
;;
;;    0, 4, 8  the forks
;;   12        how many meals were eaten

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Aristotle (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; A lock is a word: 0 free, 1 taken. Sleeps until the word changes, then tries again.
    (func $lock (param $lock i32)
      (loop $again
        (if (i32.atomic.rmw.cmpxchg (local.get $lock) (i32.const 0) (i32.const 1))
          (then
            (drop (memory.atomic.wait32 (local.get $lock) (i32.const 1) (i64.const -1)))
            (br $again)))))
    (func $unlock (param $lock i32)
      (i32.atomic.store (local.get $lock) (i32.const 0))
      (drop (memory.atomic.notify (local.get $lock) (i32.const 1))))
    (func $dine (export "dine") (param $first i32) (param $second i32)
      (call $lock (local.get $first))
      (call $lock (local.get $second))
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (call $unlock (local.get $second))
      (call $unlock (local.get $first))))
  (invoke "dine" (i32.const 0) (i32.const 4)))

(thread $Hypatia (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock (param $lock i32)
      (loop $again
        (if (i32.atomic.rmw.cmpxchg (local.get $lock) (i32.const 0) (i32.const 1))
          (then
            (drop (memory.atomic.wait32 (local.get $lock) (i32.const 1) (i64.const -1)))
            (br $again)))))
    (func $unlock (param $lock i32)
      (i32.atomic.store (local.get $lock) (i32.const 0))
      (drop (memory.atomic.notify (local.get $lock) (i32.const 1))))
    (func $dine (export "dine") (param $first i32) (param $second i32)
      (call $lock (local.get $first))
      (call $lock (local.get $second))
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (call $unlock (local.get $second))
      (call $unlock (local.get $first))))
  (invoke "dine" (i32.const 4) (i32.const 8)))

(thread $Zeno (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $lock (param $lock i32)
      (loop $again
        (if (i32.atomic.rmw.cmpxchg (local.get $lock) (i32.const 0) (i32.const 1))
          (then
            (drop (memory.atomic.wait32 (local.get $lock) (i32.const 1) (i64.const -1)))
            (br $again)))))
    (func $unlock (param $lock i32)
      (i32.atomic.store (local.get $lock) (i32.const 0))
      (drop (memory.atomic.notify (local.get $lock) (i32.const 1))))
    (func $dine (export "dine") (param $first i32) (param $second i32)
      (call $lock (local.get $first))
      (call $lock (local.get $second))
      (drop (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))
      (call $unlock (local.get $second))
      (call $unlock (local.get $first))))
  (invoke "dine" (i32.const 0) (i32.const 8)))

(wait $Aristotle)
(wait $Hypatia)
(wait $Zeno)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "meals") (result i32) (i32.load (i32.const 12))))
(assert_return (invoke "meals") (i32.const 3))
