;;! description = "reads, writes, grows and fills a funcref table, and calls what it holds"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "is_null"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "is_null"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 20)"
;;!
;;! [[check]]
;;! call = "move"
;;! args = "(i32.const 2) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "clear"
;;! args = "(i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "is_null"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 4)"
;;! returns = "(i32.const 20)"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 1) (i32.const 3)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 4)"
;;! returns = "(i32.const 20)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 6)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 9)"
;;! returns = "(ref.func)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 0)"
;;! returns = "(ref.null func)"

;; The table may grow to ten elements, which its declaration says.
(module
  (table $t 3 10 funcref)
  (elem (i32.const 0) $ten $twenty)
  (func $ten (result i32) (i32.const 10))
  (func $twenty (result i32) (i32.const 20))

  (func (export "size") (result i32) (table.size $t))
  (func (export "get") (param i32) (result funcref) (table.get $t (local.get 0)))
  (func (export "is_null") (param i32) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  (func (export "call") (param i32) (result i32)
    (call_indirect $t (result i32) (local.get 0)))
  ;; element $to becomes element $from
  (func (export "move") (param $to i32) (param $from i32)
    (table.set $t (local.get $to) (table.get $t (local.get $from))))
  (func (export "clear") (param i32)
    (table.set $t (local.get 0) (ref.null func)))
  (func (export "grow") (param i32) (result i32)
    (table.grow $t (ref.func $twenty) (local.get 0)))
  (func (export "fill") (param $at i32) (param $n i32)
    (table.fill $t (local.get $at) (ref.func $ten) (local.get $n)))
)
