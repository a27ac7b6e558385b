;;! description = "traps when calls nest without end, directly, mutually or through a table, and recovers each time"
;;!
;;! [[check]]
;;! call = "forever"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "ping"
;;! args = "(i32.const 0)"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "indirect"
;;! args = "(i32.const 1)"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "forever"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "depth"
;;! args = "(i32.const 1000)"
;;! returns = "(i32.const 1000)"
;;!
;;! [[check]]
;;! call = "depth"
;;! args = "(i32.const -1)"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "frames"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "progress"
;;! returns = "(i32.const 1)"

;; Each trap unwinds the whole stack, so the next call has all of it again.
;; "progress" tells whether the endless recursion got past 1000 frames before.
(module
  (type $t (func (param i32) (result i32)))
  (table funcref (elem $pong $indirect))
  (global $deepest (mut i32) (i32.const 0))
  (func $forever (export "forever") (result i32)
    (i32.add (call $forever) (i32.const 1)))
  (func $ping (export "ping") (param i32) (result i32)
    (i32.add (call $pong (local.get 0)) (i32.const 1)))
  (func $pong (type $t)
    (i32.add (call $ping (local.get 0)) (i32.const 1)))
  (func $indirect (export "indirect") (type $t)
    (i32.add (call_indirect (type $t) (local.get 0) (local.get 0)) (i32.const 1)))
  (func $depth (export "depth") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (call $depth (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
      (else (i32.const 0))))

  ;; frames of many live values
  (func $frames (export "frames") (result i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (global.set $deepest (i32.add (global.get $deepest) (i32.const 1)))
    (local.set $a (i64.extend_i32_u (global.get $deepest)))
    (local.set $b (i64.mul (local.get $a) (local.get $a)))
    (local.set $c (i64.mul (local.get $b) (local.get $a)))
    (local.set $d (i64.xor (call $frames) (local.get $a)))
    (i64.add (i64.add (local.get $a) (local.get $b)) (i64.add (local.get $c) (local.get $d))))
  (func (export "progress") (result i32)
    (i32.gt_u (global.get $deepest) (i32.const 1000)))
)
