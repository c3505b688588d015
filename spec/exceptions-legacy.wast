;; Exceptions in the legacy form, which compilers still emit: try, catch, catch_all, delegate and rethrow
;; (exception-handling proposal, before exnref), alone, nested, and together with the form of 3.0.

(module
  (tag $e (param i32))
  (tag $f)
  (func $throw (param i32) (throw $e (local.get 0)))
  (func $throw-f (throw $f))

  (func (export "value") (param i32) (result i32)
    (try (result i32) (do (call $throw (local.get 0)) (i32.const -1)) (catch $e)))
  (func (export "plain") (param i32) (result i32)
    try $t (result i32)
      local.get 0
      call $throw
      i32.const -1
    catch $e
      i32.const 1
      i32.add
    catch_all
      i32.const -2
    end)
  (func (export "all") (result i32)
    (try (result i32) (do (call $throw-f) (i32.const -1)) (catch $e) (catch_all (i32.const 5))))
  (func (export "none") (result i32)
    (try (result i32) (do (i32.const 3)) (catch $e) (catch_all (i32.const 5))))

  ;; Values below the try, parameters, branches out of each part.
  (func (export "below") (param i32) (result i32)
    (i32.const 100)
    (local.get 0)
    (try (param i32) (result i32)
      (do (call $throw) (i32.const 0))
      (catch $e (i32.const 10) (i32.add)))
    (i32.add))
  (func (export "branch") (param i32) (result i32)
    (block $out (result i32)
      (try $t (result i32)
        (do (if (local.get 0) (then (call $throw (i32.const 1)))) (br $out (i32.const 40)))
        (catch $e (drop) (br $t (i32.const 50))))
      (i32.const 1)
      (i32.add)))

  ;; rethrow of the inner and of the outer exception, with other operands above it.
  (func (export "rethrow") (param i32) (result i32)
    (try $a (result i32)
      (do (call $throw (i32.const 1)) (i32.const 0))
      (catch $e
        (try $b (result i32)
          (do (call $throw (i32.const 2)) (i32.const 0))
          (catch $e
            (drop)
            (i32.const 8) (i32.const 9)
            (try (result i32)
              (do (if (local.get 0) (then (rethrow $a)) (else (rethrow $b))) (i32.const 0))
              (catch $e (i32.const 30) (i32.add)))
            (i32.add)
            (i32.add)))
        (i32.add))))

  ;; delegate: past a try, to a block, to the caller.
  (func (export "delegate") (result i32)
    (try $outer (result i32)
      (do
        (try (result i32)
          (do
            (try (result i32) (do (call $throw (i32.const 7)) (i32.const 0)) (delegate $outer)))
          (catch_all (i32.const -1))))
      (catch $e)))
  (func (export "delegate-block") (result i32)
    (try $outer (result i32)
      (do
        (block $b (result i32)
          (try (result i32)
            (do
              (try (result i32) (do (call $throw (i32.const 8)) (i32.const 0)) (delegate $b)))
            (catch_all (i32.const -1)))))
      (catch $e)))
  (func $to-caller (result i32)
    (try (result i32)
      (do (try (result i32) (do (call $throw (i32.const 9)) (i32.const 0)) (delegate 1)))
      (catch_all (i32.const -1))))
  (func (export "delegate-caller") (result i32)
    (try (result i32) (do (call $to-caller)) (catch $e)))
  ;; From within a catch, to the try that it belongs to: its clauses are behind.
  (func (export "delegate-from-catch") (result i32)
    (try (result i32)
      (do
        (try $inner (result i32)
          (do (call $throw-f) (i32.const 0))
          (catch $f
            (try (result i32) (do (call $throw (i32.const 4)) (i32.const 0)) (delegate $inner)))
          (catch $e (i32.const -1) (i32.add))))
      (catch $e (i32.const 60) (i32.add))))

  ;; What one form throws, the other catches.
  (func (export "mixed") (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $e $h)
        (try (do (call $throw (local.get 0))) (catch_all (rethrow 0))))
      (unreachable)))

  (func (export "uncaught") (try (do (call $throw (i32.const 1))) (catch $f)))
  (func (export "unreachable-try") (result i32)
    (return (i32.const 1))
    (try (result i32) (do (unreachable)) (catch $e) (catch_all (i32.const 0))))
  (func (export "nested-catches") (result i32)
    (local i32)
    (try (do (call $throw (i32.const 1)))
      (catch $e
        (local.set 0)
        (try (do (call $throw-f))
          (catch_all
            (try (do (call $throw (i32.const 2)))
              (catch $e (local.set 0 (i32.add (local.get 0))))
              (catch_all (local.set 0 (i32.const -1))))))))
    (local.get 0)))

(assert_return (invoke "value" (i32.const 5)) (i32.const 5))
(assert_return (invoke "plain" (i32.const 5)) (i32.const 6))
(assert_return (invoke "all") (i32.const 5))
(assert_return (invoke "none") (i32.const 3))
(assert_return (invoke "below" (i32.const 3)) (i32.const 113))
(assert_return (invoke "branch" (i32.const 0)) (i32.const 40))
(assert_return (invoke "branch" (i32.const 1)) (i32.const 51))
(assert_return (invoke "rethrow" (i32.const 0)) (i32.const 50))
(assert_return (invoke "rethrow" (i32.const 1)) (i32.const 49))
(assert_return (invoke "delegate") (i32.const 7))
(assert_return (invoke "delegate-block") (i32.const 8))
(assert_return (invoke "delegate-caller") (i32.const 9))
(assert_return (invoke "delegate-from-catch") (i32.const 64))
(assert_return (invoke "mixed" (i32.const 12)) (i32.const 12))
(assert_exception (invoke "uncaught"))
(assert_return (invoke "unreachable-try") (i32.const 1))
(assert_return (invoke "nested-catches") (i32.const 3))

(assert_invalid (module (func (rethrow 0))) "invalid rethrow label")
(assert_invalid (module (func (try (do (rethrow 0)) (catch_all)))) "invalid rethrow label")
(assert_invalid (module (func (try (do) (catch 0)))) "unknown tag")
(assert_invalid (module (tag (param i32)) (func (try (do) (catch 0)))) "type mismatch")
(assert_invalid (module (func (try (result i32) (do (i32.const 1)) (catch_all)) (drop))) "type mismatch")
(assert_invalid (module (func (try (do) (delegate 2)))) "unknown label")
;; catch after catch_all; delegate after catch; catch outside of a try.
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0d\03\01\00\00" "\0a\0a\01\08\00\06\40\19\07\00\0b\0b") "END opcode expected")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\09\01\07\00\06\40\19\18\00\0b") "END opcode expected")
(assert_malformed (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\02\40\19\0b\0b") "END opcode expected")
