;; A wait queue is first in, first out: notify wakes the agents that have waited longest, whatever the width of their
;; waits and the order in which the agents were started.
;;
;; Specification: execution, relaxed memory model, "suspensions consistent": a wait enters the queue at one end, a notify
;; takes from the other. Not for the reference interpreter, which wakes in the order in which threads were started.
;;
;; Nobody can see that an agent waits without waking it, so the order of arrival is proved by values instead. The word
;; that the agents wait on holds a version, which only grows. A wait that expected version 1 and returned 0 has entered
;; the queue before the version became 2, for the comparison and the entry are one step; a wait that expected version
;; 2 has entered after. So each agent logs, when it is woken, the version for which it waited: if an agent is
;; woken after one with a greater version, the queue is not first in, first out. An agent that is late finds another
;; version than it expected and tries again; that makes the test weaker, never wrong.
;;
;; Twelve rounds, 64 bytes each:
;;    0  the version, an i64; three agents wait here
;;    8  the turn: the agent whose turn is not yet come waits here
;;   12  how many agents have claimed a place in the log
;;   16  how many have filled theirs
;;   20  the log: three versions
;;
;; Races by design: accesses of 32 and 64 bits to one word.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $round (param $base i32) (param $turn i32)
      (local $seen i32) (local $version i32)
      (loop $early
        (local.set $seen (i32.atomic.load offset=8 (local.get $base)))
        (if (i32.lt_u (local.get $seen) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 offset=8 (local.get $base) (local.get $seen) (i64.const -1)))
            (br $early))))
      (loop $again
        (local.set $version (i32.atomic.load (local.get $base)))
        (br_if $again (memory.atomic.wait32 (local.get $base) (local.get $version) (i64.const -1))))
      (i32.atomic.store offset=20
        (i32.add
          (local.get $base)
          (i32.shl (i32.atomic.rmw.add offset=12 (local.get $base) (i32.const 1)) (i32.const 2)))
        (local.get $version))
      (drop (i32.atomic.rmw.add offset=16 (local.get $base) (i32.const 1))))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $round
          (i32.shl (local.get $n) (i32.const 6))
          (i32.add (i32.const 1) (i32.rem_u (i32.add (local.get $n) (i32.const 2)) (i32.const 3))))
        (br_if $next
          (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12)))))
  )
  (assert_return (invoke "run"))
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $round (param $base i32) (param $turn i32)
      (local $seen i32) (local $version i32)
      (loop $early
        (local.set $seen (i32.atomic.load offset=8 (local.get $base)))
        (if (i32.lt_u (local.get $seen) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 offset=8 (local.get $base) (local.get $seen) (i64.const -1)))
            (br $early))))
      (loop $again
        (local.set $version (i32.atomic.load (local.get $base)))
        (br_if $again (memory.atomic.wait64 (local.get $base) (i64.extend_i32_u (local.get $version)) (i64.const -1))))
      (i32.atomic.store offset=20
        (i32.add
          (local.get $base)
          (i32.shl (i32.atomic.rmw.add offset=12 (local.get $base) (i32.const 1)) (i32.const 2)))
        (local.get $version))
      (drop (i32.atomic.rmw.add offset=16 (local.get $base) (i32.const 1))))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $round
          (i32.shl (local.get $n) (i32.const 6))
          (i32.add (i32.const 1) (i32.rem_u (i32.add (local.get $n) (i32.const 1)) (i32.const 3))))
        (br_if $next
          (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12)))))
  )
  (assert_return (invoke "run"))
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $round (param $base i32) (param $turn i32)
      (local $seen i32) (local $version i32)
      (loop $early
        (local.set $seen (i32.atomic.load offset=8 (local.get $base)))
        (if (i32.lt_u (local.get $seen) (local.get $turn))
          (then
            (drop (memory.atomic.wait32 offset=8 (local.get $base) (local.get $seen) (i64.const -1)))
            (br $early))))
      (loop $again
        (local.set $version (i32.atomic.load (local.get $base)))
        (br_if $again (memory.atomic.wait32 (local.get $base) (local.get $version) (i64.const -1))))
      (i32.atomic.store offset=20
        (i32.add
          (local.get $base)
          (i32.shl (i32.atomic.rmw.add offset=12 (local.get $base) (i32.const 1)) (i32.const 2)))
        (local.get $version))
      (drop (i32.atomic.rmw.add offset=16 (local.get $base) (i32.const 1))))
    (func (export "run")
      (local $n i32)
      (loop $next
        (call $round
          (i32.shl (local.get $n) (i32.const 6))
          (i32.add (i32.const 1) (i32.rem_u (i32.add (local.get $n) (i32.const 0)) (i32.const 3))))
        (br_if $next
          (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12)))))
  )
  (assert_return (invoke "run"))
)

(thread $Notifier (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Lets the agents in, one a millisecond; then wakes them, at most $count at a time. Returns how many of them were
    ;; woken later than an agent that had entered after them.
    (func $round (param $base i32) (param $count i32) (result i32)
      (local $woken i32) (local $checked i32) (local $version i32)
      (local $newest i32) (local $newest-before i32) (local $wrong i32)
      (loop $open
        (drop (i64.atomic.rmw.add (local.get $base) (i64.const 1)))
        (drop (i32.atomic.rmw.add offset=8 (local.get $base) (i32.const 1)))
        (drop (memory.atomic.notify offset=8 (local.get $base) (i32.const -1)))
        (drop (memory.atomic.wait32 (i32.const 0xfff8) (i32.const 0) (i64.const 1000000)))
        (br_if $open (i32.lt_u (i32.atomic.load (local.get $base)) (i32.const 3))))
      (loop $wake
        (local.set $woken
          (i32.add (local.get $woken) (memory.atomic.notify (local.get $base) (local.get $count))))
        (loop $unlogged
          (br_if $unlogged (i32.lt_u (i32.atomic.load offset=16 (local.get $base)) (local.get $woken))))
        (local.set $newest-before (local.get $newest))
        (block $all
          (loop $check
            (br_if $all (i32.eq (local.get $checked) (local.get $woken)))
            (local.set $version
              (i32.atomic.load offset=20 (i32.add (local.get $base) (i32.shl (local.get $checked) (i32.const 2)))))
            (local.set $wrong
              (i32.add (local.get $wrong) (i32.lt_u (local.get $version) (local.get $newest-before))))
            (if (i32.gt_u (local.get $version) (local.get $newest))
              (then (local.set $newest (local.get $version))))
            (local.set $checked (i32.add (local.get $checked) (i32.const 1)))
            (br $check)))
        (br_if $wake (i32.lt_u (local.get $woken) (i32.const 3))))
      (local.get $wrong))
    ;; One at a time in even rounds, two at a time in odd ones.
    (func (export "run") (result i32)
      (local $n i32) (local $wrong i32)
      (loop $next
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (call $round
              (i32.shl (local.get $n) (i32.const 6))
              (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 1))))))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 12))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)
(wait $Notifier)
