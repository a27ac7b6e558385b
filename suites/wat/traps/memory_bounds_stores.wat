;;! description = "traps on stores that cross the end of the memory and writes none of their bytes"
;;!
;;! [[check]]
;;! call = "i32_store8"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i32_store8"
;;! args = "(i32.const 65535)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i32_store16"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i32_store16"
;;! args = "(i32.const 65534)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i32_store"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i32_store"
;;! args = "(i32.const 65532)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 ff ff ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i64_store8"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i64_store8"
;;! args = "(i32.const 65535)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i64_store16"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i64_store16"
;;! args = "(i32.const 65534)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i64_store32"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i64_store32"
;;! args = "(i32.const 65532)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 ff ff ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i64_store"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i64_store"
;;! args = "(i32.const 65528)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "ff ff ff ff ff ff ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "f32_store"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "f32_store"
;;! args = "(i32.const 65532)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "11 11 11 11 ff ff ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "f64_store"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "f64_store"
;;! args = "(i32.const 65528)"
;;! returns = ""
;;! memory = [{ at = 65528, bytes = "ff ff ff ff ff ff ff ff" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "i64_store"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i64_store"
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65528, bytes = "11 11 11 11 11 11 11 11" }]
;;!
;;! [[check]]
;;! call = "i32_store"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, bytes = "00 00 00 00" }]
;;!
;;! [[check]]
;;! call = "offset_wraps"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, bytes = "00 00 00 00" }]

;; The last eight bytes are 0x11 and every store writes 0xff: a store that
;; fails must leave even those bytes that still lie inside.
(module
  (memory (export "memory") 1)
  (func $reset (export "reset")
    (memory.fill (i32.const 65528) (i32.const 0x11) (i32.const 8)))
  (start $reset)
  (func (export "i32_store8") (param i32) (i32.store8 (local.get 0) (i32.const -1)))
  (func (export "i32_store16") (param i32) (i32.store16 (local.get 0) (i32.const -1)))
  (func (export "i32_store") (param i32) (i32.store (local.get 0) (i32.const -1)))
  (func (export "i64_store8") (param i32) (i64.store8 (local.get 0) (i64.const -1)))
  (func (export "i64_store16") (param i32) (i64.store16 (local.get 0) (i64.const -1)))
  (func (export "i64_store32") (param i32) (i64.store32 (local.get 0) (i64.const -1)))
  (func (export "i64_store") (param i32) (i64.store (local.get 0) (i64.const -1)))
  (func (export "f32_store") (param i32) (f32.store (local.get 0) (f32.const -nan:0x7fffff)))
  (func (export "f64_store") (param i32) (f64.store (local.get 0) (f64.const -nan:0xfffffffffffff)))
  (func (export "offset_wraps") (param i32)
    (i32.store offset=1 (local.get 0) (i32.const -1)))
)
