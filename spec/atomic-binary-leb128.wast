;; The second opcode of atomic instructions is a LEB128 integer, and so may be longer than it need be.
;;
;; Specification: binary format, "Atomic Memory Instructions" (opcodes "fe n:u32"). Not for the reference interpreter,
;; which reads one byte.

(module binary
  "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"               ;; type section: [] -> [i32]
  "\03\02\01\00"                        ;; function section
  "\05\04\01\03\01\01"                  ;; memory section: shared, 1 page at least and at most
  "\07\07\01\03" "run" "\00\00"         ;; export section: "run"
  "\0a\28\01\26\00"                     ;; code section: one body, no locals
  "\41\08" "\41\05"                     ;; i32.const 8, i32.const 5
  "\fe\97\00\02\00"                     ;; i32.atomic.store, in two bytes
  "\fe\83\80\80\80\00\00"               ;; atomic.fence, in five bytes
  "\41\08"                              ;; i32.const 8
  "\fe\90\80\00\82\00\80\00"            ;; i32.atomic.load, in three bytes, align=4, offset=0
  "\41\00" "\41\01"                     ;; i32.const 0, i32.const 1
  "\fe\80\00\02\00"                     ;; memory.atomic.notify, in two bytes
  "\6a" "\0b"                           ;; i32.add, end
)
(assert_return (invoke "run") (i32.const 5))

(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\0a\0c\01\0a\00"
    "\fe\83\80\80\80\80\00\00"          ;; atomic.fence, in six bytes
    "\0b"
  )
  "integer representation too long")
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\0a\0b\01\09\00"
    "\fe\83\80\80\80\10\00"             ;; an opcode beyond 2^32
    "\0b"
  )
  "integer too large")
