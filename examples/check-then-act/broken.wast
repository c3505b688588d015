;; One seat is left, and two clerks sell seats. Each looks whether there is one, and if so takes it. Every access is
;; atomic, so there is no data race; but between the look and the taking the other clerk can do the same, and the
;; seat is sold twice. See README.md.
;;
;;    0  how many seats are left

(module $Memory
  (memory (export "memory") 1 1 shared)
  (data (i32.const 0) "\01"))
(register "shared" $Memory)

(thread $Clerk1 (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    ;; Returns 1 if it sold a seat.
    (func $sell (export "sell") (result i32)
      (if (i32.eqz (i32.atomic.load (i32.const 0)))      ;; check
        (then (return (i32.const 0))))
      (drop (i32.atomic.rmw.sub (i32.const 0) (i32.const 1))) ;; act
      (i32.const 1)))
  (invoke "sell"))

(thread $Clerk2 (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $sell (export "sell") (result i32)
      (if (i32.eqz (i32.atomic.load (i32.const 0)))
        (then (return (i32.const 0))))
      (drop (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)))
      (i32.const 1)))
  (invoke "sell"))

(wait $Clerk1)
(wait $Clerk2)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "seats") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "seats") (i32.const 0))
