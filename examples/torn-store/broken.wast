;; A clock of two words goes from 0:00 to 1:01. The writer stores both at once, with a store of 64 bits; the reader
;; loads one after the other. If the store falls between, the reader sees a time that never was: 1:00. See README.md.
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
      (i64.store (i32.const 0) (i64.const 0x1_0000_0001))))
  (invoke "write"))

(thread $Reader (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; Returns 1 if the minutes and the hours belong to one time.
    (func $read (export "read") (result i32)
      (i32.eq
        (i32.load (i32.const 0))
        (i32.load (i32.const 4)))))
  (assert_return (invoke "read") (i32.const 1)))

(wait $Writer)
(wait $Reader)
