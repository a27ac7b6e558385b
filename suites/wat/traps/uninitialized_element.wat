;;! description = "traps on indirect calls through null entries, from the start, set later, or grown"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 0)"
;;! traps = "uninitialized element"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 2)"
;;! traps = "uninitialized element"
;;!
;;! [[check]]
;;! call = "clear"
;;! args = "(i32.const 1)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 1)"
;;! traps = "uninitialized element"
;;!
;;! [[check]]
;;! call = "grow"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! traps = "uninitialized element"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 3)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "untyped"
;;! args = "(i32.const 0)"
;;! traps = "uninitialized element"

;; A null entry is reported as such even where no function of that type exists.
(module
  (table $t 3 funcref)
  (elem (i32.const 1) funcref (ref.func $one) (ref.null func))
  (func $one (result i32) (i32.const 1))
  (func (export "call") (param i32) (result i32)
    (call_indirect (result i32) (local.get 0)))
  (func (export "untyped") (param i32)
    (call_indirect (param i64 i64 i64) (i64.const 0) (i64.const 0) (i64.const 0) (local.get 0)))
  (func (export "clear") (param i32) (table.set (local.get 0) (ref.null func)))
  (func (export "put") (param i32) (table.set (local.get 0) (ref.func $one)))
  (func (export "grow") (result i32) (table.grow (ref.null func) (i32.const 1)))
)
