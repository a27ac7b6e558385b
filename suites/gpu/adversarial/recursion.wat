;;! description = "calls that nest without an end trap in their thread; those that end do not"
;;!
;;! [[check]]
;;! launch = "endless"
;;! blocks = [2]
;;! threads = [32]
;;! args = "(i32.const 45)"
;;! traps = "call stack exhausted"
;;! thread = 45
;;! memory = [{ at = 0, i32-range = { count = 45, start = 1, step = 0 } }, { at = 180, i32 = [0, 1] }]
;;!
;;! [[check]]
;;! launch = "mutual"
;;! threads = [8]
;;! traps = "call stack exhausted"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "indirect"
;;! threads = [8]
;;! traps = "call stack exhausted"
;;! thread = 0
;;!
;;! # The stack is whole again.
;;! [[check]]
;;! launch = "deep"
;;! threads = [64]
;;! repeat = 10
;;! args = "(i32.const 60)"
;;! returns = ""
;;! memory = [{ at = 0, i32-range = { count = 64, start = 1830, step = 1 } }]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (type $nothing (func))
  (table funcref (elem $again))
  (func $down (param i32) (result i32)
    (i32.add (call $down (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func (export "endless") (param $which i32)
    (if (i32.eq (call $id) (local.get $which)) (then (drop (call $down (i32.const 0)))))
    (i32.store (i32.shl (call $id) (i32.const 2)) (i32.const 1)))
  (func $even (param i32) (result i32) (i32.add (call $odd (local.get 0)) (i32.const 1)))
  (func $odd (param i32) (result i32) (i32.mul (call $even (local.get 0)) (i32.const 3)))
  (func (export "mutual") (drop (call $even (i32.const 1))))
  (func $again (call_indirect (type $nothing) (i32.const 0)))
  (func (export "indirect") (call $again))
  ;; The sum of all numbers to n, and the thread's own.
  (func $sum (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.add (local.get $n) (call $sum (i32.sub (local.get $n) (i32.const 1)))))
      (else (call $id))))
  (func (export "deep") (param i32)
    (i32.store (i32.shl (call $id) (i32.const 2)) (call $sum (local.get 0)))))
