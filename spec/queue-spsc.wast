;; A bounded queue of eight plain words between one producer and one consumer: 1000 numbers arrive, in order. Either side
;; waits on the other's position, when the queue is full or empty.
;;
;; Specification: execution, relaxed memory model (a plain word that was written before the position was published is
;; read after the position was seen), "memory.atomic.wait(N)" and "memory.atomic.notify".
;;
;;    0  head: how many numbers have been taken out
;;   64  tail: how many have been put in
;;  128  the slots

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Producer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $put (param $tail i32) (param $value i32)
      (local $head i32)
      (loop $full
        (local.set $head (i32.atomic.load (i32.const 0)))
        (if (i32.eq (i32.sub (local.get $tail) (local.get $head)) (i32.const 8))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (local.get $head) (i64.const -1)))
            (br $full))))
      (i32.store offset=128
        (i32.shl (i32.and (local.get $tail) (i32.const 7)) (i32.const 2))
        (local.get $value))
      (i32.atomic.store (i32.const 64) (i32.add (local.get $tail) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 64) (i32.const 1))))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $put (local.get $n) (i32.mul (local.get $n) (i32.const 0x9e3779b9)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000)))))
  )
  (assert_return (invoke "run"))
)

(thread $Consumer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $take (param $head i32) (result i32)
      (local $tail i32)
      (loop $empty
        (local.set $tail (i32.atomic.load (i32.const 64)))
        (if (i32.eq (local.get $tail) (local.get $head))
          (then
            (drop (memory.atomic.wait32 (i32.const 64) (local.get $tail) (i64.const -1)))
            (br $empty))))
      (i32.load offset=128 (i32.shl (i32.and (local.get $head) (i32.const 7)) (i32.const 2)))
      (i32.atomic.store (i32.const 0) (i32.add (local.get $head) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
    ;; Returns how many numbers were not the expected ones.
    (func (export "run") (result i32)
      (local $n i32) (local $wrong i32)
      (loop $next
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (i32.ne (call $take (local.get $n)) (i32.mul (local.get $n) (i32.const 0x9e3779b9)))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Producer)
(wait $Consumer)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
)
(assert_return (invoke "load" (i32.const 0)) (i32.const 1000))
(assert_return (invoke "load" (i32.const 64)) (i32.const 1000))
