;;! description = "addresses a memory with 64 bits, where large addresses and offsets trap instead of wrapping"
;;! proposals = ["memory64"]
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i64.const 2)"
;;!
;;! [[check]]
;;! call = "store"
;;! args = "(i64.const 131064) (i64.const 0x1122334455667788)"
;;! returns = ""
;;! memory = [{ at = 131064, i64 = [1234605616436508552] }]
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const 131064)"
;;! returns = "(i64.const 0x1122334455667788)"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const 131065)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const 0x100000000)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const 0x8000000000000000)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const -8)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const -1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "big_offset"
;;! args = "(i64.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "big_offset"
;;! args = "(i64.const 0xffffffff00000000)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "sum_wraps"
;;! args = "(i64.const -16)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i64.const 0x100000000) (i64.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i64.const 131072) (i64.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i64.const 0) (i64.const 0x100000001)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, text = "six" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i64.const 16) (i64.const 0) (i64.const 3)"
;;! returns = ""
;;! memory = [{ at = 16, text = "six" }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i64.const 1)"
;;! returns = "(i64.const 2)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i64.const 2)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i64.const 0x1000000000000)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i64.const 3)"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i64.const 131072)"
;;! returns = "(i64.const 0)"

;; memory.size and memory.grow are 64-bit, too. 2^32 must not be taken for 0,
;; and the sum of address and offset must not wrap at 2^64.
(module
  (memory (export "memory") i64 2 4)
  (data (i64.const 0) "six")
  (func (export "size") (result i64) (memory.size))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "load") (param i64) (result i64) (i64.load (local.get 0)))
  (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
  (func (export "big_offset") (param i64) (result i32)
    (i32.load8_u offset=0x100000000 (local.get 0)))
  (func (export "sum_wraps") (param i64) (result i32)
    (i32.load8_u offset=16 (local.get 0)))
  (func (export "fill") (param i64 i64)
    (memory.fill (local.get 0) (i32.const 0xff) (local.get 1)))
  (func (export "copy") (param i64 i64 i64)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
)
