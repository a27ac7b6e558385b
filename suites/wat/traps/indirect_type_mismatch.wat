;;! description = "traps on indirect calls whose type differs, and accepts an equal type of another name"
;;!
;;! [[check]]
;;! call = "as_i32"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 7)"
;;!
;;! [[check]]
;;! call = "as_i32"
;;! args = "(i32.const 1)"
;;! traps = "indirect call type mismatch"
;;!
;;! [[check]]
;;! call = "as_i32"
;;! args = "(i32.const 2)"
;;! traps = "indirect call type mismatch"
;;!
;;! [[check]]
;;! call = "as_i32"
;;! args = "(i32.const 3)"
;;! traps = "indirect call type mismatch"
;;!
;;! [[check]]
;;! call = "as_alias"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 7)"
;;!
;;! [[check]]
;;! call = "as_nothing"
;;! args = "(i32.const 3)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "as_nothing"
;;! args = "(i32.const 0)"
;;! traps = "indirect call type mismatch"
;;!
;;! [[check]]
;;! call = "as_two"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 7) (i32.const 8)"
;;!
;;! [[check]]
;;! call = "as_param"
;;! args = "(i32.const 0)"
;;! traps = "indirect call type mismatch"

;; Types are compared by structure: $number and $alias are one type. A result
;; too many, a parameter too many, and i64 for i32 are all mismatches.
(module
  (type $number (func (result i32)))
  (type $alias (func (result i32)))
  (table funcref (elem $i32 $i64 $two $nothing))
  (func $i32 (type $number) (i32.const 7))
  (func $i64 (result i64) (i64.const 7))
  (func $two (result i32 i32) (i32.const 7) (i32.const 8))
  (func $nothing)
  (func (export "as_i32") (param i32) (result i32)
    (call_indirect (type $number) (local.get 0)))
  (func (export "as_alias") (param i32) (result i32)
    (call_indirect (type $alias) (local.get 0)))
  (func (export "as_nothing") (param i32)
    (call_indirect (local.get 0)))
  (func (export "as_two") (param i32) (result i32 i32)
    (call_indirect (result i32 i32) (local.get 0)))
  (func (export "as_param") (param i32) (result i32)
    (call_indirect (param i32) (result i32) (i32.const 1) (local.get 0)))
)
