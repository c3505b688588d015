;; A ring of two slots between one producer and one consumer: six numbers arrive, in order. The slots are plain memory;
;; each side publishes how far it is, and waits on the other's position when the ring is full or empty. See README.md.
;;
;;    0  head: how many numbers have been taken out; only the consumer changes it
;;    4  tail: how many have been put in; only the producer changes it
;;    8  the two slots

(module $Memory (memory (export "memory") 1 1 shared))
(register "shared" $Memory)

(thread $Producer (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $put (param $tail i32) (param $value i32)
      (local $head i32)
      (loop $full
        (local.set $head (i32.atomic.load (i32.const 0)))
        (if (i32.eq (i32.sub (local.get $tail) (local.get $head)) (i32.const 2))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (local.get $head) (i64.const -1)))
            (br $full))))
      ;; The slot is free. Fills it, then publishes it.
      (i32.store offset=8
        (i32.shl (i32.and (local.get $tail) (i32.const 1)) (i32.const 2))
        (local.get $value))
      (i32.atomic.store (i32.const 4) (i32.add (local.get $tail) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
    (func $run (export "run")
      (local $n i32)
      (loop $next
        (call $put (local.get $n) (i32.mul (local.get $n) (i32.const 11)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 6))))))
  (invoke "run"))

(thread $Consumer (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $take (param $head i32) (result i32)
      (local $tail i32) (local $value i32)
      (loop $empty
        (local.set $tail (i32.atomic.load (i32.const 4)))
        (if (i32.eq (local.get $tail) (local.get $head))
          (then
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $tail) (i64.const -1)))
            (br $empty))))
      ;; The slot is full. Reads it, then gives it back.
      (local.set $value
        (i32.load offset=8 (i32.shl (i32.and (local.get $head) (i32.const 1)) (i32.const 2))))
      (i32.atomic.store (i32.const 0) (i32.add (local.get $head) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (local.get $value))
    ;; Returns how many numbers were not the expected ones.
    (func $run (export "run") (result i32)
      (local $n i32) (local $wrong i32)
      (loop $next
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (i32.ne (call $take (local.get $n)) (i32.mul (local.get $n) (i32.const 11)))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 6))))
      (local.get $wrong)))
  (assert_return (invoke "run") (i32.const 0)))

(wait $Producer)
(wait $Consumer)

(module
  (memory (import "shared" "memory") 1 1 shared)
  (func (export "head") (result i32) (i32.load (i32.const 0)))
  (func (export "tail") (result i32) (i32.load (i32.const 4))))
(assert_return (invoke "head") (i32.const 6))
(assert_return (invoke "tail") (i32.const 6))
