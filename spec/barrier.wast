;; A barrier for three agents, in 300 phases of two meetings each. In each phase every agent writes the number of the
;; phase in a plain word of its own, and after the meeting finds it in the words of all.
;;
;; Specification: execution, relaxed memory model (what was written before a meeting is read after it),
;; "memory.atomic.wait(N)" and "memory.atomic.notify".
;;
;;    0  how many agents have come to this meeting
;;    4  the generation: how many meetings are over; those who have come wait here for the last
;;   16  the phases of the agents, three words

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Agent1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $barrier
      (local $generation i32)
      (local.set $generation (i32.atomic.load (i32.const 4)))
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $early
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $generation) (i64.const -1)))
            (br_if $early (i32.eq (i32.atomic.load (i32.const 4)) (local.get $generation)))))))
    ;; Returns how often an agent was not in the same phase.
    (func (export "run") (result i32)
      (local $phase i32) (local $wrong i32)
      (loop $next
        (i32.store (i32.const 16) (local.tee $phase (i32.add (local.get $phase) (i32.const 1))))
        (call $barrier)
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (i32.or
              (i32.ne (i32.load (i32.const 16)) (local.get $phase))
              (i32.or
                (i32.ne (i32.load (i32.const 20)) (local.get $phase))
                (i32.ne (i32.load (i32.const 24)) (local.get $phase))))))
        (call $barrier)
        (br_if $next (i32.lt_u (local.get $phase) (i32.const 300))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $barrier
      (local $generation i32)
      (local.set $generation (i32.atomic.load (i32.const 4)))
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $early
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $generation) (i64.const -1)))
            (br_if $early (i32.eq (i32.atomic.load (i32.const 4)) (local.get $generation)))))))
    ;; Returns how often an agent was not in the same phase.
    (func (export "run") (result i32)
      (local $phase i32) (local $wrong i32)
      (loop $next
        (i32.store (i32.const 20) (local.tee $phase (i32.add (local.get $phase) (i32.const 1))))
        (call $barrier)
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (i32.or
              (i32.ne (i32.load (i32.const 16)) (local.get $phase))
              (i32.or
                (i32.ne (i32.load (i32.const 20)) (local.get $phase))
                (i32.ne (i32.load (i32.const 24)) (local.get $phase))))))
        (call $barrier)
        (br_if $next (i32.lt_u (local.get $phase) (i32.const 300))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(thread $Agent3 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func $barrier
      (local $generation i32)
      (local.set $generation (i32.atomic.load (i32.const 4)))
      (if (i32.eq (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2))
        (then
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
          (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))
        (else
          (loop $early
            (drop (memory.atomic.wait32 (i32.const 4) (local.get $generation) (i64.const -1)))
            (br_if $early (i32.eq (i32.atomic.load (i32.const 4)) (local.get $generation)))))))
    ;; Returns how often an agent was not in the same phase.
    (func (export "run") (result i32)
      (local $phase i32) (local $wrong i32)
      (loop $next
        (i32.store (i32.const 24) (local.tee $phase (i32.add (local.get $phase) (i32.const 1))))
        (call $barrier)
        (local.set $wrong
          (i32.add
            (local.get $wrong)
            (i32.or
              (i32.ne (i32.load (i32.const 16)) (local.get $phase))
              (i32.or
                (i32.ne (i32.load (i32.const 20)) (local.get $phase))
                (i32.ne (i32.load (i32.const 24)) (local.get $phase))))))
        (call $barrier)
        (br_if $next (i32.lt_u (local.get $phase) (i32.const 300))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Agent1)
(wait $Agent2)
(wait $Agent3)

(register "mem" $Mem)
(module
  (memory (import "mem" "mem") 1 1 shared)
  (func (export "arrived") (result i32) (i32.load (i32.const 0)))
  (func (export "generation") (result i32) (i32.load (i32.const 4)))
)
(assert_return (invoke "arrived") (i32.const 0))
(assert_return (invoke "generation") (i32.const 600))
