(module $M (func (export "f") (result i32) (i32.const 1)))
(assert_suspension (invoke "f") "nobody knows this")
(assert_return (invoke "f") (i32.const 1))
(module instance $C $Unknown)
