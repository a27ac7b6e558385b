;;! description = "lets table.grow reach the cap of the embedder and not pass it, below the declared maximum"
;;! [limits]
;;! table-elements = 100
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 86)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 15)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 85)"
;;! returns = "(i32.const 15)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 100)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 99)"
;;! returns = "(i32.const 6)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 100)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "other"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "other"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"

;; The cap of 100 elements holds for each of the two tables by itself.
(module
  (table $t 10 1000 funcref)
  (table $other 0 externref)
  (elem declare func $six)
  (func $six (result i32) (i32.const 6))
  (func (export "size") (result i32) (table.size $t))
  (func (export "grow") (param i32) (result i32)
    (table.grow $t (ref.func $six) (local.get 0)))
  (func (export "other") (param i32) (result i32)
    (table.grow $other (ref.null extern) (local.get 0)))
  (func (export "call") (param i32) (result i32)
    (call_indirect $t (result i32) (local.get 0)))
)
