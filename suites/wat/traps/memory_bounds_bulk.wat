;;! description = "traps on bulk operations past the end before writing anything"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 65530) (i32.const 7)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "00 00 00 00 00 00 00 00" }]
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 65530) (i32.const 6)"
;;! returns = ""
;;! memory = [{ at = 65529, bytes = "00 ee ee ee ee ee ee" }]
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 65537) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 0) (i32.const -1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, text = "data" }]
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const -1) (i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 65533) (i32.const 0) (i32.const 4)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65530, bytes = "ee ee ee ee ee ee" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 16) (i32.const 65533) (i32.const 4)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 16, i32 = [0] }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 65532) (i32.const 0) (i32.const 4)"
;;! returns = ""
;;! memory = [{ at = 65532, text = "data" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 65537) (i32.const 0) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 65537) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 1) (i32.const -1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 65534) (i32.const 0) (i32.const 4)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65532, text = "data" }]
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 32) (i32.const 1) (i32.const 4)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 32, i32 = [0] }]
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 65537) (i32.const 0) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 0) (i32.const 5) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 65532) (i32.const 0) (i32.const 4)"
;;! returns = ""
;;! memory = [{ at = 65532, text = "bulk" }]

;; The bounds are checked for the whole range first. A length of zero is fine
;; at the end itself and not beyond; a length of 2^32 - 1 must not wrap.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "data")
  (data $bulk "bulk")
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 0xee) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $bulk (local.get 0) (local.get 1) (local.get 2)))
)
