;; The sleeper is right: it waits on the flag itself. The waker is wrong: it notifies before it sets the flag, so a
;; sleeper that looks in between finds the flag unset and goes to sleep after the call. See README.md.
;;
;;    0  the flag: the message is there
;;    4  the message
;;    8  the message as the sleeper read it

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Sleeper (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $sleep (export "sleep")
      (loop $again
        ;; Sleeps only if the flag is still 0: wait looks at it while nobody can notify.
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (br_if $again (i32.eqz (i32.atomic.load (i32.const 0)))))
      (i32.store (i32.const 8) (i32.load (i32.const 4)))))
  (invoke "sleep"))

(thread $Waker (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $wake (export "wake")
      (i32.store (i32.const 4) (i32.const 42))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (i32.atomic.store (i32.const 0) (i32.const 1))))
  (invoke "wake"))

(wait $Sleeper)
(wait $Waker)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "message") (result i32) (i32.load (i32.const 8))))
(assert_return (invoke "message") (i32.const 42))
