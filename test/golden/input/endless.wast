(module
  (func $spin (loop (br 0)))
  (func (export "run") (call $spin)))
(assert_return (invoke "run"))
(assert_return (invoke "run"))
