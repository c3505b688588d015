;; The worker counts once and then loops without touching memory; main waits for its end.
(module $Memory (memory (export "memory") 1 1 shared))
(thread $Worker (shared (module $Memory))
  (register "shared" $Memory)
  (module
    (memory (import "shared" "memory") 1 1 shared)
    (func $work (export "work")
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop (br 0))))
  (invoke "work"))
(wait $Worker)
