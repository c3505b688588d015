;; Load buffering (LB): each of two agents reads a location and then writes the other one.
;;
;;       T0            T1
;;     r0 = x        r1 = y
;;     y = 1         x = 1
;;
;; Atomic: one of the reads comes first, so r0 = r1 = 1 is forbidden. Plain: allowed.
;;
;; Specification: execution, relaxed memory model. Atomic accesses are sequentially consistent; a plain access may see
;; any write that races with it.
;;
;; A thousand rounds, each of which begins with a meeting, and a delay that differs from round to round and from agent
;; to agent; and each has a line of 64 bytes of its own in every page:
;; plain: x at 0x10000, y at 0x20000, results at 0x30000
;; atomic: x at 0x40000, y at 0x50000, results at 0x60000
;;
;; Races by design: plain accesses of what others write.

(module $Mem (memory (export "mem") 7 7 shared))

(thread $T0 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 7 7 shared)
    ;; Waits until the word at 0, to which everybody adds one at each meeting, is $goal; tarries for $delay. The word
    ;; at 64 counts those who do not spin any more but sleep.
    (func $meet (param $goal i32) (param $delay i32)
      (local $seen i32) (local $spins i32)
      (if (i32.eq (i32.add (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 1)) (local.get $goal))
        (then
          (if (i32.atomic.load (i32.const 64))
            (then (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))))
        (else
          (loop $early
            (local.set $seen (i32.atomic.load (i32.const 0)))
            (if (i32.lt_u (local.get $seen) (local.get $goal))
              (then
                (local.set $spins (i32.add (local.get $spins) (i32.const 1)))
                (if (i32.gt_u (local.get $spins) (i32.const 5000))
                  (then
                    (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
                    (drop (memory.atomic.wait32 (i32.const 0) (local.get $seen) (i64.const -1)))
                    (drop (i32.atomic.rmw.sub (i32.const 64) (i32.const 1)))))
                (br $early))))))
      (loop $later
        (if (local.get $delay)
          (then
            (local.set $delay (i32.sub (local.get $delay) (i32.const 1)))
            (br $later)))))
    (func $plain (param $line i32)
      (local $r0 i32)
      (local.set $r0 (i32.load offset=0x10000 (local.get $line)))
      (i32.store offset=0x20000 (local.get $line) (i32.const 1))
      (i32.store offset=0x30000 (local.get $line) (local.get $r0)))
    (func $atomic (param $line i32)
      (local $r0 i32)
      (local.set $r0 (i32.atomic.load offset=0x40000 (local.get $line)))
      (i32.atomic.store offset=0x50000 (local.get $line) (i32.const 1))
      (i32.store offset=0x60000 (local.get $line) (local.get $r0)))
    (func (export "run")
      (local $line i32) (local $goal i32) (local $delay i32)
      (loop $next
        (local.set $delay (i32.and (i32.div_u (local.get $line) (i32.const 64)) (i32.const 15)))
        (call $meet (local.tee $goal (i32.add (local.get $goal) (i32.const 2))) (local.get $delay))
        (call $plain (local.get $line))
        (call $meet (local.tee $goal (i32.add (local.get $goal) (i32.const 2))) (local.get $delay))
        (call $atomic (local.get $line))
        (local.set $line (i32.add (local.get $line) (i32.const 64)))
        (br_if $next (i32.lt_u (local.get $line) (i32.const 64000)))))
  )
  (assert_return (invoke "run"))
)

(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 7 7 shared)
    (func $meet (param $goal i32) (param $delay i32)
      (local $seen i32) (local $spins i32)
      (if (i32.eq (i32.add (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 1)) (local.get $goal))
        (then
          (if (i32.atomic.load (i32.const 64))
            (then (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))))
        (else
          (loop $early
            (local.set $seen (i32.atomic.load (i32.const 0)))
            (if (i32.lt_u (local.get $seen) (local.get $goal))
              (then
                (local.set $spins (i32.add (local.get $spins) (i32.const 1)))
                (if (i32.gt_u (local.get $spins) (i32.const 5000))
                  (then
                    (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
                    (drop (memory.atomic.wait32 (i32.const 0) (local.get $seen) (i64.const -1)))
                    (drop (i32.atomic.rmw.sub (i32.const 64) (i32.const 1)))))
                (br $early))))))
      (loop $later
        (if (local.get $delay)
          (then
            (local.set $delay (i32.sub (local.get $delay) (i32.const 1)))
            (br $later)))))
    (func $plain (param $line i32)
      (local $r1 i32)
      (local.set $r1 (i32.load offset=0x20000 (local.get $line)))
      (i32.store offset=0x10000 (local.get $line) (i32.const 1))
      (i32.store offset=0x30004 (local.get $line) (local.get $r1)))
    (func $atomic (param $line i32)
      (local $r1 i32)
      (local.set $r1 (i32.atomic.load offset=0x50000 (local.get $line)))
      (i32.atomic.store offset=0x40000 (local.get $line) (i32.const 1))
      (i32.store offset=0x60004 (local.get $line) (local.get $r1)))
    (func (export "run")
      (local $line i32) (local $goal i32) (local $delay i32)
      (loop $next
        (local.set $delay (i32.and (i32.div_u (local.get $line) (i32.const 1024)) (i32.const 15)))
        (call $meet (local.tee $goal (i32.add (local.get $goal) (i32.const 2))) (local.get $delay))
        (call $plain (local.get $line))
        (call $meet (local.tee $goal (i32.add (local.get $goal) (i32.const 2))) (local.get $delay))
        (call $atomic (local.get $line))
        (local.set $line (i32.add (local.get $line) (i32.const 64)))
        (br_if $next (i32.lt_u (local.get $line) (i32.const 64000)))))
  )
  (assert_return (invoke "run"))
)

(wait $T0)
(wait $T1)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 7 7 shared)
  ;; How many rounds ended with these values?
  (func $count (param $base i32) (param $r0 i32) (param $r1 i32) (result i32)
    (local $end i32) (local $count i32)
    (local.set $end (i32.add (local.get $base) (i32.const 64000)))
    (loop $next
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.and
            (i32.eq (i32.load (local.get $base)) (local.get $r0))
            (i32.eq (i32.load offset=4 (local.get $base)) (local.get $r1)))))
      (local.set $base (i32.add (local.get $base) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $base) (local.get $end))))
    (local.get $count))
  ;; How many rounds ended with a value that nobody has written?
  (func $stray (param $base i32) (result i32)
    (local $end i32) (local $count i32)
    (local.set $end (i32.add (local.get $base) (i32.const 64000)))
    (loop $next
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.or
            (i32.gt_u (i32.load (local.get $base)) (i32.const 1))
            (i32.gt_u (i32.load offset=4 (local.get $base)) (i32.const 1)))))
      (local.set $base (i32.add (local.get $base) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $base) (local.get $end))))
    (local.get $count))
  (func (export "plain") (param i32 i32) (result i32)
    (call $count (i32.const 0x30000) (local.get 0) (local.get 1)))
  (func (export "plain-stray") (result i32) (call $stray (i32.const 0x30000)))
  (func (export "atomic") (param i32 i32) (result i32)
    (call $count (i32.const 0x60000) (local.get 0) (local.get 1)))
  (func (export "atomic-stray") (result i32) (call $stray (i32.const 0x60000)))
)

;; Forbidden.
(assert_return (invoke "atomic" (i32.const 1) (i32.const 1)) (i32.const 0))
;; All other rounds have values that somebody has written.
(assert_return (invoke "atomic-stray") (i32.const 0))
(assert_return (invoke "plain-stray") (i32.const 0))
