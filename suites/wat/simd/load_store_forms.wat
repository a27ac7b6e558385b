;;! description = "loads and stores vectors at odd addresses, extended, splat, zeroed and by lane, up to the last byte"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const 1)"
;;! returns = "(v128.const i8x16 123 124 125 126 127 128 129 130 131 132 133 134 135 136 137 138)"
;;!
;;! [[check]]
;;! call = "extend_s"
;;! args = "(i32.const 1)"
;;! returns = "(v128.const i16x8 123 124 125 126 127 -128 -127 -126)"
;;!
;;! [[check]]
;;! call = "extend_u"
;;! args = "(i32.const 3)"
;;! returns = "(v128.const i16x8 125 126 127 128 129 130 131 132)"
;;!
;;! [[check]]
;;! call = "splat"
;;! args = "(i32.const 7)"
;;! returns = "(v128.const i16x8 0x8281 0x8281 0x8281 0x8281 0x8281 0x8281 0x8281 0x8281)"
;;!
;;! [[check]]
;;! call = "zero"
;;! args = "(i32.const 5)"
;;! returns = "(v128.const i32x4 0x8281807f 0 0 0)"
;;!
;;! [[check]]
;;! call = "load_lane"
;;! args = "(i32.const 9) (v128.const i16x8 0 1 2 3 4 5 6 7)"
;;! returns = "(v128.const i16x8 0 1 2 3 4 0x8483 6 7)"
;;!
;;! [[check]]
;;! call = "store"
;;! args = "(i32.const 33) (v128.const i64x2 0x0123456789abcdef -1)"
;;! returns = ""
;;! memory = [{ at = 32, bytes = "00 ef cd ab 89 67 45 23 01 ff ff ff ff ff ff ff ff 00" }]
;;!
;;! [[check]]
;;! call = "store_lane"
;;! args = "(i32.const 51) (v128.const i32x4 1 2 0xaabbccdd 4)"
;;! returns = ""
;;! memory = [{ at = 50, bytes = "00 dd cc bb aa 00" }]
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const 65520)"
;;! returns = "(v128.const i32x4 0 0 0 0)"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const 65521)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "extend_s"
;;! args = "(i32.const 65528)"
;;! returns = "(v128.const i32x4 0 0 0 0)"
;;!
;;! [[check]]
;;! call = "extend_s"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "zero"
;;! args = "(i32.const 65532)"
;;! returns = "(v128.const i32x4 0 0 0 0)"
;;!
;;! [[check]]
;;! call = "zero"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "splat"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "store"
;;! args = "(i32.const 65521) (v128.const i32x4 -1 -1 -1 -1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65520, i64 = [0, 0] }]
;;!
;;! [[check]]
;;! call = "store_lane"
;;! args = "(i32.const 65533) (v128.const i32x4 -1 -1 -1 -1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 65532, i32 = [0] }]

;; The bytes 7b..8a start at address 1, so that some are negative. A load that
;; takes eight, four or two bytes must not be refused for the other ones.
(module
  (memory (export "memory") 1)
  (data (i32.const 1) "\7b\7c\7d\7e\7f\80\81\82\83\84\85\86\87\88\89\8a")
  (func (export "load") (param i32) (result v128) (v128.load (local.get 0)))
  (func (export "extend_s") (param i32) (result v128) (v128.load8x8_s (local.get 0)))
  (func (export "extend_u") (param i32) (result v128) (v128.load8x8_u (local.get 0)))
  (func (export "splat") (param i32) (result v128) (v128.load16_splat (local.get 0)))
  (func (export "zero") (param i32) (result v128) (v128.load32_zero (local.get 0)))
  (func (export "load_lane") (param i32 v128) (result v128)
    (v128.load16_lane 5 (local.get 0) (local.get 1)))
  (func (export "store") (param i32 v128) (v128.store (local.get 0) (local.get 1)))
  (func (export "store_lane") (param i32 v128)
    (v128.store32_lane 2 (local.get 0) (local.get 1)))
)
