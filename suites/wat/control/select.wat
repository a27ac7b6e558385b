;;! description = "selects between values of every type, evaluating both operands and moving NaN bits untouched"
;;!
;;! [[check]]
;;! call = "i64"
;;! args = "(i32.const 0x80000000)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "i64"
;;! args = "(i32.const 0)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "f32"
;;! args = "(f32.const nan:0x200001) (f32.const -0) (i32.const 1)"
;;! returns = "(f32.const nan:0x200001)"
;;!
;;! [[check]]
;;! call = "f32"
;;! args = "(f32.const nan:0x200001) (f32.const -0) (i32.const 0)"
;;! returns = "(f32.const -0)"
;;!
;;! [[check]]
;;! call = "externref"
;;! args = "(ref.extern 7) (ref.null extern) (i32.const 2)"
;;! returns = "(ref.extern 7)"
;;!
;;! [[check]]
;;! call = "externref"
;;! args = "(ref.extern 7) (ref.null extern) (i32.const 0)"
;;! returns = "(ref.null extern)"
;;!
;;! [[check]]
;;! call = "funcref"
;;! args = "(i32.const 1)"
;;! returns = "(ref.func)"
;;!
;;! [[check]]
;;! call = "both_run"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "hidden_trap"
;;! args = "(i32.const 1)"
;;! traps = "integer divide by zero"

;; Any condition but zero selects the first operand, 0x80000000 too (its lower
;; bits are all zero). select has no branches: both operands are evaluated, so
;; a trap in the one not wanted still happens. References need the typed form.
(module
  (global $calls (mut i32) (i32.const 0))
  (elem declare func $tick)

  (func (export "i64") (param i32) (result i64)
    (select (i64.const 1) (i64.const -1) (local.get 0)))

  (func (export "f32") (param f32 f32 i32) (result f32)
    (select (local.get 0) (local.get 1) (local.get 2)))

  (func (export "externref") (param externref externref i32) (result externref)
    (select (result externref) (local.get 0) (local.get 1) (local.get 2)))

  (func (export "funcref") (param i32) (result funcref)
    (select (result funcref) (ref.func $tick) (ref.null func) (local.get 0)))

  (func $tick (param i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (local.get 0)))
    (local.get 0))

  ;; the sum of both arguments, not of the selected one alone
  (func (export "both_run") (result i32)
    (drop (select (call $tick (i32.const 4)) (call $tick (i32.const 6)) (i32.const 1)))
    (global.get $calls))

  (func (export "hidden_trap") (param i32) (result i32)
    (select (i32.const 5) (i32.div_u (i32.const 1) (i32.const 0)) (local.get 0)))
)
