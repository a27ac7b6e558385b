;;! description = "traps at unreachable: at once, in a callee, in one arm only, and instead of a missing result"
;;!
;;! [[check]]
;;! call = "plain"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! call = "in_callee"
;;! args = "(i32.const 3)"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! call = "in_callee"
;;! args = "(i32.const -3)"
;;! returns = "(i32.const -2)"
;;!
;;! [[check]]
;;! call = "default_arm"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 11)"
;;!
;;! [[check]]
;;! call = "default_arm"
;;! args = "(i32.const 2)"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! call = "in_callee"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const 0)"

;; unreachable fits any result type: "plain" owes an i32 and an f64.
(module
  (func $plain (export "plain") (result i32 f64) (unreachable))
  (func $check (param i32)
    (if (i32.gt_s (local.get 0) (i32.const 0)) (then (unreachable))))
  (func (export "in_callee") (param i32) (result i32)
    (call $check (local.get 0))
    (i32.add (local.get 0) (i32.const 1)))
  ;; a switch whose default cannot happen, they said
  (func (export "default_arm") (param i32) (result i32)
    (block $d
      (block $one
        (block $zero
          (br_table $zero $one $d (local.get 0)))
        (return (i32.const 10)))
      (return (i32.const 11)))
    (unreachable))
)
