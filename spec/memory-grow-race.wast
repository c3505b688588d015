;; Several agents grow one shared memory at once: every growth that succeeds gets pages of its own, which are zero; the
;; maximum is reached and never exceeded; and the size, watched by another agent, never shrinks.
;;
;; Specification: execution, "memory.grow" (an atomic read-modify-write of the length) and "memory.size".
;;
;; In page 0: at 4 * P, how many agents have got page P; at 2048, how many agents are through; at 2052, how many pages
;; they have gained; at 2056, how many agents are there, for they begin together. In each other page: the number of the
;; agent that got it.

(module $Mem (memory (export "mem") 1 40 shared))

(thread $Grower1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 40 shared)
    ;; Grows by 1, 25 times. Returns how many of the pages that it got were not new.
    (func (export "run") (result i32)
      (local $n i32) (local $page i32) (local $last i32) (local $gained i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 2056) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 2056)) (i32.const 4))))
      (loop $next
        (local.set $page (memory.grow (i32.const 1)))
        (if (i32.ne (local.get $page) (i32.const -1))
          (then
            (local.set $last (i32.add (local.get $page) (i32.const 1)))
            (loop $mark
              (if (i32.load (i32.shl (local.get $page) (i32.const 16)))
                (then (local.set $old (i32.add (local.get $old) (i32.const 1)))))
              (i32.store (i32.shl (local.get $page) (i32.const 16)) (i32.const 1))
              (drop (i32.atomic.rmw.add (i32.shl (local.get $page) (i32.const 2)) (i32.const 1)))
              (local.set $gained (i32.add (local.get $gained) (i32.const 1)))
              (local.set $page (i32.add (local.get $page) (i32.const 1)))
              (br_if $mark (i32.lt_u (local.get $page) (local.get $last))))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 25))))
      (drop (i32.atomic.rmw.add (i32.const 2052) (local.get $gained)))
      (drop (i32.atomic.rmw.add (i32.const 2048) (i32.const 1)))
      (local.get $old))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Grower2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 40 shared)
    ;; Grows by 1, 25 times. Returns how many of the pages that it got were not new.
    (func (export "run") (result i32)
      (local $n i32) (local $page i32) (local $last i32) (local $gained i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 2056) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 2056)) (i32.const 4))))
      (loop $next
        (local.set $page (memory.grow (i32.const 1)))
        (if (i32.ne (local.get $page) (i32.const -1))
          (then
            (local.set $last (i32.add (local.get $page) (i32.const 1)))
            (loop $mark
              (if (i32.load (i32.shl (local.get $page) (i32.const 16)))
                (then (local.set $old (i32.add (local.get $old) (i32.const 1)))))
              (i32.store (i32.shl (local.get $page) (i32.const 16)) (i32.const 2))
              (drop (i32.atomic.rmw.add (i32.shl (local.get $page) (i32.const 2)) (i32.const 1)))
              (local.set $gained (i32.add (local.get $gained) (i32.const 1)))
              (local.set $page (i32.add (local.get $page) (i32.const 1)))
              (br_if $mark (i32.lt_u (local.get $page) (local.get $last))))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 25))))
      (drop (i32.atomic.rmw.add (i32.const 2052) (local.get $gained)))
      (drop (i32.atomic.rmw.add (i32.const 2048) (i32.const 1)))
      (local.get $old))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Grower3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 40 shared)
    ;; Grows by 2, 15 times. Returns how many of the pages that it got were not new.
    (func (export "run") (result i32)
      (local $n i32) (local $page i32) (local $last i32) (local $gained i32) (local $old i32)
      (drop (i32.atomic.rmw.add (i32.const 2056) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 2056)) (i32.const 4))))
      (loop $next
        (local.set $page (memory.grow (i32.const 2)))
        (if (i32.ne (local.get $page) (i32.const -1))
          (then
            (local.set $last (i32.add (local.get $page) (i32.const 2)))
            (loop $mark
              (if (i32.load (i32.shl (local.get $page) (i32.const 16)))
                (then (local.set $old (i32.add (local.get $old) (i32.const 1)))))
              (i32.store (i32.shl (local.get $page) (i32.const 16)) (i32.const 3))
              (drop (i32.atomic.rmw.add (i32.shl (local.get $page) (i32.const 2)) (i32.const 1)))
              (local.set $gained (i32.add (local.get $gained) (i32.const 1)))
              (local.set $page (i32.add (local.get $page) (i32.const 1)))
              (br_if $mark (i32.lt_u (local.get $page) (local.get $last))))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 15))))
      (drop (i32.atomic.rmw.add (i32.const 2052) (local.get $gained)))
      (drop (i32.atomic.rmw.add (i32.const 2048) (i32.const 1)))
      (local.get $old))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Watcher (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 40 shared)
    ;; Returns 1 if the size has only grown, and the last word of the memory could always be read.
    (func (export "run") (result i32)
      (local $size i32) (local $now i32)
      (drop (i32.atomic.rmw.add (i32.const 2056) (i32.const 1)))
      (loop $early (br_if $early (i32.lt_u (i32.atomic.load (i32.const 2056)) (i32.const 4))))
      (loop $again
        (local.set $now (memory.size))
        (if (i32.lt_u (local.get $now) (local.get $size)) (then (return (i32.const 0))))
        (local.set $size (local.get $now))
        (drop (i32.load (i32.sub (i32.shl (local.get $size) (i32.const 16)) (i32.const 4))))
        (br_if $again (i32.lt_u (i32.atomic.load (i32.const 2048)) (i32.const 3))))
      (i32.const 1))
  )
  (assert_return (invoke "run") (i32.const 1))
)

(wait $Grower1)
(wait $Grower2)
(wait $Grower3)
(wait $Watcher)

;; The agents have asked for 80 pages; there were 39 to get. All are given out, once each.
(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 40 40 shared)
  (func (export "size") (result i32) (memory.size))
  (func (export "gained") (result i32) (i32.load (i32.const 2052)))
  (func (export "pages-given-once") (result i32)
    (local $page i32) (local $count i32)
    (loop $next
      (local.set $page (i32.add (local.get $page) (i32.const 1)))
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.eq (i32.load (i32.shl (local.get $page) (i32.const 2))) (i32.const 1))))
      (br_if $next (i32.lt_u (local.get $page) (i32.const 39))))
    (local.get $count))
)
(assert_return (invoke "size") (i32.const 40))
(assert_return (invoke "gained") (i32.const 39))
(assert_return (invoke "pages-given-once") (i32.const 39))
