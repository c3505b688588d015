(module
  (func $init (unreachable))
  (func (export "_start"))
  (start $init))
