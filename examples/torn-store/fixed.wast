;; A clock of two words goes from 0:00 to 1:01. Both agents access it as a whole, atomically.
;;
;;    0  the minutes
;;    4  the hours

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Writer (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; 0:00 until now; from now on 1:01.
    (func $write (export "write")
      (i64.atomic.store (i32.const 0) (i64.const 0x1_0000_0001))))
  (invoke "write"))

(thread $Reader (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; Returns 1 if the minutes and the hours belong to one time.
    (func $read (export "read") (result i32)
      (local $time i64)
      (local.set $time (i64.atomic.load (i32.const 0)))
      (i32.eq
        (i32.wrap_i64 (local.get $time))
        (i32.wrap_i64 (i64.shr_u (local.get $time) (i64.const 32))))))
  (assert_return (invoke "read") (i32.const 1)))

(wait $Writer)
(wait $Reader)
