;;! description = "traps on table instructions and indirect calls past the end of the table"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 2)"
;;! returns = "(ref.func)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "set"
;;! args = "(i32.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "set"
;;! args = "(i32.const 2)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 2) (i32.const 2)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "is_null"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 3) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 4) (i32.const 0)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 2) (i32.const 2)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "call_empty"
;;! args = "(i32.const 0)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 4)"
;;! traps = "out of bounds table access"

;; Three elements. table.fill writes nothing when its range does not fit. After
;; growth the old bound is gone.
(module
  (table $t 3 funcref)
  (table $empty 0 funcref)
  (elem (table $t) (i32.const 0) func $five $five $five)
  (func $five (result i32) (i32.const 5))
  (func (export "get") (param i32) (result funcref) (table.get $t (local.get 0)))
  (func (export "set") (param i32) (table.set $t (local.get 0) (ref.null func)))
  (func (export "is_null") (param i32) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  (func (export "call") (param i32) (result i32)
    (call_indirect $t (result i32) (local.get 0)))
  (func (export "call_empty") (param i32) (result i32)
    (call_indirect $empty (result i32) (local.get 0)))
  (func (export "fill") (param i32 i32)
    (table.fill $t (local.get 0) (ref.func $five) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "grow") (param i32) (result i32)
    (table.grow $t (ref.func $five) (local.get 0)))
)
