;; The binary format of atomic instructions: opcode 0xfe, a second opcode, and a memarg. Opcodes that mean nothing are
;; malformed, and so are those that end too early.
;;
;; Specification: binary format, "Atomic Memory Instructions"; overview, "Spec Changes".

;; One instruction of each kind, run.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"               ;; type section: [] -> [i32]
  "\03\02\01\00"                        ;; function section
  "\05\04\01\03\01\01"                  ;; memory section: shared, 1 page at least and at most
  "\07\07\01\03" "run" "\00\00"         ;; export section: "run"
  "\0a\50\01\4e\00"                     ;; code section: one body, no locals
  "\41\08" "\41\05" "\fe\17\02\00"      ;; i32.const 8, i32.const 5, i32.atomic.store align=4
  "\41\00" "\41\03" "\fe\1e\02\08"      ;; i32.const 0, i32.const 3, i32.atomic.rmw.add align=4 offset=8
  "\41\08" "\fe\10\02\00" "\6a"         ;; i32.const 8, i32.atomic.load align=4, i32.add (5 + 8)
  "\fe\03\00"                           ;; atomic.fence
  "\41\08" "\42\08" "\42\10"            ;; i32.const 8, i64.const 8, i64.const 16
  "\fe\49\03\00" "\a7\6a"               ;; i64.atomic.rmw.cmpxchg align=8, i32.wrap_i64, i32.add (13 + 8)
  "\41\08" "\fe\12\00\00" "\6a"         ;; i32.const 8, i32.atomic.load8_u align=1, i32.add (21 + 16)
  "\41\08" "\41\00" "\42\00"            ;; i32.const 8, i32.const 0, i64.const 0
  "\fe\01\02\00" "\6a"                  ;; memory.atomic.wait32 align=4, i32.add (37 + 1)
  "\41\08" "\42\10" "\42\00"            ;; i32.const 8, i64.const 16, i64.const 0
  "\fe\02\03\00" "\6a"                  ;; memory.atomic.wait64 align=8, i32.add (38 + 2)
  "\41\00" "\41\01" "\fe\00\02\08"      ;; i32.const 0, i32.const 1, memory.atomic.notify align=4 offset=8
  "\6a" "\0b"                           ;; i32.add (40 + 0), end
)
(assert_return (invoke "run") (i32.const 40))

;; The alignment is as strict here as in the text format.
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0b\01\09\00"
    "\41\00" "\fe\10\00\00" "\1a\0b"    ;; i32.const 0, i32.atomic.load align=1, drop, end
  )
  "atomic alignment must be natural")
(assert_invalid
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0b\01\09\00"
    "\41\00" "\fe\10\03\00" "\1a\0b"    ;; i32.const 0, i32.atomic.load align=8, drop, end
  )
  "atomic alignment must be natural")

;; Between the fence and the loads there are no opcodes, nor after the last compare-exchange.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0a\01\08\00"
    "\00\fe\04\02\00\1a\0b"           ;; unreachable, 0xfe 0x04, drop, end
  )
  "illegal opcode")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0a\01\08\00"
    "\00\fe\0f\02\00\1a\0b"           ;; unreachable, 0xfe 0x0f, drop, end
  )
  "illegal opcode")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0a\01\08\00"
    "\00\fe\4f\02\00\1a\0b"           ;; unreachable, 0xfe 0x4f, drop, end
  )
  "illegal opcode")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\0a\01\08\00"
    "\00\fe\7f\02\00\1a\0b"           ;; unreachable, 0xfe 0x7f, drop, end
  )
  "illegal opcode")

;; Instructions that end too early.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\05\01\03\00"
    "\00\fe"                            ;; unreachable, 0xfe and nothing
  )
  "unexpected end")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\04\01\03\01\01"
    "\0a\07\01\05\00"
    "\00\fe\10\02"                      ;; unreachable, i32.atomic.load align=4 and nothing
  )
  "unexpected end")
