;; How a program ends when one of its agents does while others are busy: a program of wasi-threads in which `run`
;; replaces three numbers.
;;
;;    who   0: the main agent ends; 1: another one does; 2: another one does, and the main agent is busy in any case
;;    how   0: by proc_exit(7); 1: by a trap; 2: by returning
;;    busy  what the others do: 0: a loop that looks at the memory; 1: one that does not; 2: a wait that nobody notifies;
;;          3: a read of standard input
;;
;; Where another agent ends and does not return, the main agent is busy as well. Where it returns, the program is to
;; go on: the main agent joins it and returns, and only a third agent is busy then; or, with 2, it is busy for ever.
;;
;;    0  how many others are about to be busy
;;    4  1 when the one that ends by returning is about to return
;;    8  never changes
;;   16  a buffer and its length, for the read

(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (export "memory" (memory 0))
  (global $who i32 (i32.const 0))  ;; who
  (global $how i32 (i32.const 0))  ;; how
  (global $busy i32 (i32.const 0)) ;; busy

  (func $add_one (param $address i32)
    (drop (i32.atomic.rmw.add (local.get $address) (i32.const 1)))
    (drop (memory.atomic.notify (local.get $address) (i32.const -1))))
  (func $await (param $address i32)
    (loop $again
      (if (i32.eqz (i32.atomic.load (local.get $address)))
        (then
          (drop (memory.atomic.wait32 (local.get $address) (i32.const 0) (i64.const -1)))
          (br $again)))))

  (func $be_busy
    (call $add_one (i32.const 0))
    (loop $for_ever
      (block $stdin
        (block $wait
          (block $compute
            (block $spin
              (br_table $spin $compute $wait $stdin (global.get $busy)))
            (loop $again
              (br_if $again (i32.eqz (i32.atomic.load (i32.const 8)))))
            unreachable)
          (loop $again
            (br $again)))
        (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
        unreachable)
      (i32.store (i32.const 16) (i32.const 32))
      (i32.store (i32.const 20) (i32.const 1))
      (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
      (br $for_ever)))

  ;; The others are busy by then, or about to be: whatever they do, the program must end.
  (func $end
    (call $await (i32.const 0))
    (block $return
      (block $trap
        (block $exit
          (br_table $exit $trap $return (global.get $how)))
        (call $exit (i32.const 7))
        unreachable)
      (drop (i32.div_u (i32.const 1) (i32.const 0))))
    (call $add_one (i32.const 4)))

  (func (export "wasi_thread_start") (param $id i32) (param $ends i32)
    (if (local.get $ends) (then (call $end)) (else (call $be_busy))))
  (func $start (param $ends i32)
    (if (i32.lt_s (call $spawn (local.get $ends)) (i32.const 0)) (then unreachable)))

  (func (export "_start")
    (call $start (i32.const 0))
    (if (i32.eqz (global.get $who))
      (then (call $end))
      (else
        (call $start (i32.const 1))
        (if (i32.and (i32.eq (global.get $who) (i32.const 1)) (i32.eq (global.get $how) (i32.const 2)))
          (then (call $await (i32.const 4)))
          (else (call $be_busy)))))))
