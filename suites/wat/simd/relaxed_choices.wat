;;! description = "stays within what the standard allows for relaxed swizzles, truncations, selections, minima and dot products"
;;! proposals = ["simd", "relaxed-simd"]
;;!
;;! [[check]]
;;! call = "swizzle"
;;! args = "(v128.const i8x16 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31) (v128.const i8x16 0 15 16 31 127 128 255 1 2 3 4 5 6 7 8 9)"
;;! returns = "(either (v128.const i8x16 16 31 0 0 0 0 0 17 18 19 20 21 22 23 24 25) (v128.const i8x16 16 31 16 31 31 0 0 17 18 19 20 21 22 23 24 25))"
;;!
;;! [[check]]
;;! call = "trunc"
;;! args = "(v128.const f32x4 1.5 -1.5 0x1p+31 -0x1p+31)"
;;! returns = "(either (v128.const i32x4 1 -1 2147483647 -2147483648) (v128.const i32x4 1 -1 -2147483648 -2147483648))"
;;!
;;! [[check]]
;;! call = "trunc"
;;! args = "(v128.const f32x4 nan 3 inf -inf)"
;;! returns = "(either (v128.const i32x4 0 3 2147483647 -2147483648) (v128.const i32x4 -2147483648 3 -2147483648 -2147483648))"
;;!
;;! [[check]]
;;! call = "laneselect"
;;! args = "(v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1) (v128.const i8x16 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2) (v128.const i8x16 -1 0 -1 0 -1 0 -1 0 -1 0 -1 0 -1 0 -1 0)"
;;! returns = "(v128.const i8x16 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2)"
;;!
;;! [[check]]
;;! call = "laneselect"
;;! args = "(v128.const i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1) (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 0x80 0x7f 0 0 0 0 0 0 0 0 0 0 0 0 0 0)"
;;! returns = "(either (v128.const i8x16 0x80 0x7f 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0))"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(v128.const f32x4 1 -0 0 nan) (v128.const f32x4 2 0 -0 1)"
;;! returns = "(either (v128.const f32x4 1 -0 -0 nan:canonical) (v128.const f32x4 1 -0 -0 1) (v128.const f32x4 1 -0 0 nan:canonical) (v128.const f32x4 1 -0 0 1) (v128.const f32x4 1 0 -0 nan:canonical) (v128.const f32x4 1 0 -0 1) (v128.const f32x4 1 0 0 nan:canonical) (v128.const f32x4 1 0 0 1))"
;;!
;;! [[check]]
;;! call = "q15"
;;! args = "(v128.const i16x8 -32768 16384 0 0 0 0 0 0) (v128.const i16x8 -32768 16384 0 0 0 0 0 0)"
;;! returns = "(either (v128.const i16x8 32767 8192 0 0 0 0 0 0) (v128.const i16x8 -32768 8192 0 0 0 0 0 0))"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(v128.const i8x16 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2) (v128.const i8x16 3 4 3 4 3 4 3 4 3 4 3 4 3 4 3 4)"
;;! returns = "(v128.const i16x8 11 11 11 11 11 11 11 11)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(v128.const i8x16 -128 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0) (v128.const i8x16 127 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)"
;;! returns = "(v128.const i16x8 -16256 0 0 0 0 0 0 0)"

;; Where two implementations may differ there is an (either ...); everything
;; else is exact. The dot product takes its second operand from seven bits, so
;; that sign and zero extension agree.
(module
  (func (export "swizzle") (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func (export "trunc") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))
  (func (export "min") (param v128 v128) (result v128) (f32x4.relaxed_min (local.get 0) (local.get 1)))
  (func (export "q15") (param v128 v128) (result v128) (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
  (func (export "dot") (param v128 v128) (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (local.get 0) (local.get 1)))
  (func (export "laneselect") (param v128 v128 v128) (result v128)
    (i8x16.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
)
