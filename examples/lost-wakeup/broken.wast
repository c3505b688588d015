;; The sleeper looks at a flag and, if it is not set, waits for a bell; the waker sets the flag and rings the bell.
;; If the bell rings between the look and the wait, nobody hears it, and the sleeper sleeps for ever. See README.md.
;;
;;    0  the flag: the message is there
;;    4  the message
;;    8  the message as the sleeper read it
;;   12  the bell; its value is always 0

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Sleeper (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $sleep (export "sleep")
      (if (i32.eqz (i32.atomic.load (i32.const 0)))
        (then (drop (memory.atomic.wait32 (i32.const 12) (i32.const 0) (i64.const -1)))))
      (i32.store (i32.const 8) (i32.load (i32.const 4)))))
  (invoke "sleep"))

(thread $Waker (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $wake (export "wake")
      (i32.store (i32.const 4) (i32.const 42))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 12) (i32.const 1)))))
  (invoke "wake"))

(wait $Sleeper)
(wait $Waker)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "message") (result i32) (i32.load (i32.const 8))))
(assert_return (invoke "message") (i32.const 42))
