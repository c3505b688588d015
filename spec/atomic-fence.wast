;; atomic.fence: valid without a memory and anywhere that a nop is, touches nothing, and does not disturb what atomic
;; accesses around it guarantee. In the binary format a zero byte follows the opcode.
;;
;; Specification: validation and execution, "atomic.fence"; binary format, "Instructions"; overview, "Fence operator".

(module
  (func (export "fence") (atomic.fence))
  (func (export "between") (param i32) (result i32)
    (local.get 0)
    (atomic.fence)
    (i32.const 1)
    (atomic.fence)
    (i32.add))
  (func (export "branches") (param i32) (result i32)
    (local $n i32)
    (block $done
      (atomic.fence)
      (loop $again
        (br_if $done (i32.eq (local.get $n) (local.get 0)))
        (atomic.fence)
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $again)
        (atomic.fence)))
    (if (local.get $n) (then (atomic.fence)) (else (atomic.fence) (atomic.fence)))
    (local.get $n))
)

(assert_return (invoke "fence"))
(assert_return (invoke "between" (i32.const 41)) (i32.const 42))
(assert_return (invoke "branches" (i32.const 0)) (i32.const 0))
(assert_return (invoke "branches" (i32.const 1000)) (i32.const 1000))

;; On an unshared memory.
(module
  (memory 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 0) (i32.const 7))
    (atomic.fence)
    (i32.load (i32.const 0)))
)
(assert_return (invoke "run") (i32.const 7))

;; Binary: 0xfe 0x03 0x00.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00"                      ;; type section: [] -> []
  "\03\02\01\00"                            ;; function section
  "\07\05\01\01" "f" "\00\00"               ;; export section: "f"
  "\0a\07\01\05\00"                         ;; code section: one body, no locals
  "\fe\03\00"                               ;; atomic.fence
  "\0b"                                     ;; end
)
(assert_return (invoke "f"))

(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\0a\07\01\05\00"
    "\fe\03\01"                             ;; another byte than zero
    "\0b"
  )
  "zero")

;; Message passing through fences: the flag is atomic, and a fence on each side changes nothing about it.

(module $Mem (memory (export "mem") 1 1 shared))

(thread $Sender (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    (func (export "run")
      (local $n i32)
      (loop $next
        (i32.store (i32.const 8) (local.tee $n (i32.add (local.get $n) (i32.const 1))))
        (atomic.fence)
        (i32.atomic.store (i32.const 0) (local.get $n))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
        (loop $unseen
          (if (i32.ne (i32.atomic.load (i32.const 4)) (local.get $n))
            (then
              (drop (memory.atomic.wait32 (i32.const 4) (i32.sub (local.get $n) (i32.const 1)) (i64.const -1)))
              (br $unseen))))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 200)))))
  )
  (assert_return (invoke "run"))
)

(thread $Receiver (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "mem") 1 1 shared)
    ;; Returns how often the message was not the one of the flag.
    (func (export "run") (result i32)
      (local $n i32) (local $wrong i32)
      (loop $next
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (loop $unsent
          (if (i32.ne (i32.atomic.load (i32.const 0)) (local.get $n))
            (then
              (drop (memory.atomic.wait32 (i32.const 0) (i32.sub (local.get $n) (i32.const 1)) (i64.const -1)))
              (br $unsent))))
        (atomic.fence)
        (local.set $wrong
          (i32.add (local.get $wrong) (i32.ne (i32.load (i32.const 8)) (local.get $n))))
        (i32.atomic.store (i32.const 4) (local.get $n))
        (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $n) (i32.const 200))))
      (local.get $wrong))
  )
  (assert_return (invoke "run") (i32.const 0))
)

(wait $Sender)
(wait $Receiver)
