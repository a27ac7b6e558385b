;;! description = "gives a memory pages of one byte, whose bounds are exact to the byte"
;;! proposals = ["custom-page-sizes"]
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 13)"
;;!
;;! [[check]]
;;! call = "load8"
;;! args = "(i32.const 12)"
;;! returns = "(i32.const 33)"
;;!
;;! [[check]]
;;! call = "load8"
;;! args = "(i32.const 13)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 9)"
;;! returns = "(i32.const 560229490)"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 10)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "store64"
;;! args = "(i32.const 6)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, text = "Hello, world!" }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 13)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 14)"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 2188396)"
;;!
;;! [[check]]
;;! call = "store64"
;;! args = "(i32.const 6)"
;;! returns = ""
;;! memory = [{ at = 0, text = "Hello," }, { at = 6, i64 = [-1] }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 7)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 6)"
;;! returns = "(i32.const 14)"
;;!
;;! [[check]]
;;! call = "load8"
;;! args = "(i32.const 19)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "load8"
;;! args = "(i32.const 20)"
;;! traps = "out of bounds memory access"

;; 13 bytes, of at most 20. There can be no guard pages right behind such a
;; memory, so each bound has to be checked in code.
(module
  (memory (export "memory") 13 20 (pagesize 1))
  (data (i32.const 0) "Hello, world!")
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store64") (param i32) (i64.store (local.get 0) (i64.const -1)))
)
