;; A relay: the starter says whose turn it is, the first runner waits for turn 1 and sets turn 2, for which the second
;; runner waits. Both wait on one word, and each notify wakes one agent: if it wakes the wrong one, that goes to
;; sleep again, and the right one never wakes. See README.md.
;;
;;    0  whose turn it is: 0 nobody's, 1 the first runner's, 2 the second runner's, 3 the race is over

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Second (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; Says whose turn it is.
    (func $pass (param $turn i32)
      (i32.atomic.store (i32.const 0) (local.get $turn))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $run (export "run") (param $me i32)
      (local $turn i32)
      (loop $again
        (local.set $turn (i32.atomic.load (i32.const 0)))
        (if (i32.ne (local.get $turn) (local.get $me))
          (then
            ;; Not my turn: sleeps until it is somebody else's than now.
            (drop (memory.atomic.wait32 (i32.const 0) (local.get $turn) (i64.const -1)))
            (br $again))))
      (call $pass (i32.add (local.get $me) (i32.const 1)))))
  (invoke "run" (i32.const 2)))

(thread $First (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $pass (param $turn i32)
      (i32.atomic.store (i32.const 0) (local.get $turn))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $run (export "run") (param $me i32)
      (local $turn i32)
      (loop $again
        (local.set $turn (i32.atomic.load (i32.const 0)))
        (if (i32.ne (local.get $turn) (local.get $me))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (local.get $turn) (i64.const -1)))
            (br $again))))
      (call $pass (i32.add (local.get $me) (i32.const 1)))))
  (invoke "run" (i32.const 1)))

(thread $Starter (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $pass (param $turn i32)
      (i32.atomic.store (i32.const 0) (local.get $turn))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    (func $start (export "start") (call $pass (i32.const 1))))
  (invoke "start"))

(wait $Second)
(wait $First)
(wait $Starter)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "turn") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "turn") (i32.const 3))
