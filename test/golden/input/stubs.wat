(module (import "env" "napi_create" (func $n (param i32) (result i32))) (import "env" "g" (global $g i64)) (import "emnapi" "t" (table 2 funcref)) (import "a" "tag" (tag (param i32)))
 (import "env" "boom" (func $boom))
 (func (export "zero") (result i32) (call $n (i32.const 7)))
 (func (export "boom") (call $boom)))
