;; One seat is left, and two clerks sell seats. Check and act are one step: the compare-exchange takes the seat only
;; if the number of seats is still the one that was looked at.
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
      (local $seats i32)
      (loop $again
        (local.set $seats (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $seats))
          (then (return (i32.const 0))))
        ;; Fails only when somebody else has sold a seat.
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg
              (i32.const 0) (local.get $seats) (i32.sub (local.get $seats) (i32.const 1)))
            (local.get $seats))))
      (i32.const 1)))
  (invoke "sell"))

(thread $Clerk2 (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $sell (export "sell") (result i32)
      (local $seats i32)
      (loop $again
        (local.set $seats (i32.atomic.load (i32.const 0)))
        (if (i32.eqz (local.get $seats))
          (then (return (i32.const 0))))
        (br_if $again
          (i32.ne
            (i32.atomic.rmw.cmpxchg
              (i32.const 0) (local.get $seats) (i32.sub (local.get $seats) (i32.const 1)))
            (local.get $seats))))
      (i32.const 1)))
  (invoke "sell"))

(wait $Clerk1)
(wait $Clerk2)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "seats") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "seats") (i32.const 0))
