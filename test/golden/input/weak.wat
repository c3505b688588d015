;; Accesses that race, for explorations of the relaxed memory model.
(module
  (memory (import "env" "memory") 1 2 shared)
  ;; Store buffering.
  (func (export "store-x") (result i32)
    (i32.store (i32.const 0) (i32.const 1))
    (i32.load (i32.const 4)))
  (func (export "store-y") (result i32)
    (i32.store (i32.const 4) (i32.const 1))
    (i32.load (i32.const 0)))
  ;; A read of another size than the writes, and one of a float, may tear.
  (func (export "put-ones") (i32.store (i32.const 8) (i32.const 0x01010101)))
  (func (export "put-twos") (i32.store (i32.const 8) (i32.const 0x02020202)))
  (func (export "get-half") (result i32) (i32.load16_u (i32.const 8)))
  (func (export "put-float") (f32.store (i32.const 16) (f32.const 1)))
  (func (export "get-float") (result i32) (i32.reinterpret_f32 (f32.load (i32.const 16))))
  ;; A bulk write is a write of each byte.
  (func (export "fill") (memory.fill (i32.const 24) (i32.const 1) (i32.const 2)))
  (func (export "copy") (result i32)
    (memory.copy (i32.const 32) (i32.const 24) (i32.const 2))
    (i32.load16_u (i32.const 32)))
  ;; The end of a program by a trap, when it has read what is written plainly.
  (func (export "trap") (if (i32.load (i32.const 4)) (then (if (i32.eqz (i32.load (i32.const 0))) (then unreachable)))))
  (func (export "set-both") (i32.store (i32.const 0) (i32.const 1)) (i32.store (i32.const 4) (i32.const 1)))
  ;; What is too large, or outside the model.
  (func (export "many") (local $i i32)
    (loop $next
      (i32.store (i32.const 40) (local.get $i))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40)))))
  (func (export "long") (memory.fill (i32.const 64) (i32.const 1) (i32.const 100)))
  (func (export "grow") (drop (memory.grow (i32.const 1))))
  (func (export "notify") (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))
