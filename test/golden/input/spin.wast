;; Nobody else is there to set the flag.
(module
  (memory 1 1 shared)
  (func (export "run")
    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 4)))))))
(invoke "run")
