(module (memory 1) (memory 1) (func (export "f") (result i32) (memory.size 1)))
