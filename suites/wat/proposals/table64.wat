;;! description = "indexes a table with 64 bits, next to one with 32"
;;! proposals = ["memory64"]
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i64.const 1)"
;;! returns = "(i32.const 11)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i64.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i64.const 0x100000001)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i64.const 3) (i32.const 2)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i64.const 2)"
;;! returns = "(i64.const 3)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i64.const 0x100000000)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i64.const 4)"
;;! returns = "(i32.const 11)"
;;!
;;! [[check]]
;;! call = "copy_down"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call32"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 11)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i64.const 0)"
;;! traps = "uninitialized element"

;; An index of 2^32 + 1 is no 1. Copying between the two tables takes an i64 for
;; one and an i32 for the other, and the length as an i32.
(module
  (table $t i64 3 10 funcref)
  (table $u 2 funcref)
  (elem (table $t) (i64.const 1) func $eleven $eleven)
  (func $eleven (result i32) (i32.const 11))
  (func (export "call") (param i64) (result i32)
    (call_indirect $t (result i32) (local.get 0)))
  (func (export "call32") (param i32) (result i32)
    (call_indirect $u (result i32) (local.get 0)))
  (func (export "size") (result i64 i32) (table.size $t) (table.size $u))
  (func (export "grow") (param i64) (result i64)
    (table.grow $t (ref.func $eleven) (local.get 0)))
  (func (export "copy_down")
    (table.copy $u $t (i32.const 0) (i64.const 1) (i32.const 2)))
)
