(module
  (import "env" "log" (func (param i32)))
  (import "env" "limit" (global i32))
  (import "spectest" "print_i32" (func (param i32)))
  (import "spectest" "nothing" (func))
  (func (export "_start")))
