;;! description = "traps on loads of each width that end one byte past the memory, and never wraps an address"
;;!
;;! [[check]]
;;! call = "i32_load8_u"
;;! args = "(i32.const 65535)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "i32_load8_u"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i32_load16_s"
;;! args = "(i32.const 65534)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "i32_load16_s"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i32_load"
;;! args = "(i32.const 65532)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "i32_load"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i64_load8_s"
;;! args = "(i32.const 65535)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "i64_load8_s"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i64_load16_u"
;;! args = "(i32.const 65534)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "i64_load16_u"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i64_load32_u"
;;! args = "(i32.const 65532)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "i64_load32_u"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i64_load"
;;! args = "(i32.const 65528)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "i64_load"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "f32_load"
;;! args = "(i32.const 65532)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "f32_load"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "f64_load"
;;! args = "(i32.const 65528)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "f64_load"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i32_load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i64_load"
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "offset_max"
;;! args = "(i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "offset_max"
;;! args = "(i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "offset_wraps"
;;! args = "(i32.const -16)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "offset_end"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "offset_end"
;;! args = "(i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "dropped"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "i32_load8_u"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"

;; A page ends at 65536. The effective address is a 33-bit sum: -16 + 20 is
;; 2^32 + 4 and not 4. A load whose value is dropped traps as well.
(module
  (memory 1)
  (func (export "i32_load8_u") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "i32_load16_s") (param i32) (result i32) (i32.load16_s (local.get 0)))
  (func (export "i32_load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "i64_load8_s") (param i32) (result i64) (i64.load8_s (local.get 0)))
  (func (export "i64_load16_u") (param i32) (result i64) (i64.load16_u (local.get 0)))
  (func (export "i64_load32_u") (param i32) (result i64) (i64.load32_u (local.get 0)))
  (func (export "i64_load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "f32_load") (param i32) (result f32) (f32.load (local.get 0)))
  (func (export "f64_load") (param i32) (result f64) (f64.load (local.get 0)))
  (func (export "offset_max") (param i32) (result i32)
    (i32.load8_u offset=0xffffffff (local.get 0)))
  (func (export "offset_wraps") (param i32) (result i32)
    (i32.load offset=20 (local.get 0)))
  (func (export "offset_end") (param i32) (result i32)
    (i32.load offset=65532 (local.get 0)))
  (func (export "dropped") (param i32)
    (drop (i32.load (local.get 0))))
)
