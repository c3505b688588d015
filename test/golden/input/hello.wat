;; A program with _start, imports of spectest and a memory.
(module
  (import "spectest" "print_i32" (func $print (param i32)))
  (import "env" "memory" (memory 1 2 shared))
  (func (export "_start")
    (i32.atomic.store (i32.const 8) (i32.const 42))
    (call $print (i32.atomic.load (i32.const 8)))))
