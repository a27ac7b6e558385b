;;! description = "converts float and integer lanes, saturating, rounding once, and zeroing the upper lanes"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "trunc_s"
;;! args = "(v128.const f32x4 nan 0x1p+31 -0x1p+40 -1.5)"
;;! returns = "(v128.const i32x4 0 2147483647 -2147483648 -1)"
;;!
;;! [[check]]
;;! call = "trunc_u"
;;! args = "(v128.const f32x4 -1 0x1p+32 0x1.fffffep+31 0.75)"
;;! returns = "(v128.const i32x4 0 -1 0xffffff00 0)"
;;!
;;! [[check]]
;;! call = "trunc_zero_s"
;;! args = "(v128.const f64x2 2147483647.5 nan)"
;;! returns = "(v128.const i32x4 2147483647 0 0 0)"
;;!
;;! [[check]]
;;! call = "trunc_zero_u"
;;! args = "(v128.const f64x2 4294967295.5 -0x1p-1)"
;;! returns = "(v128.const i32x4 -1 0 0 0)"
;;!
;;! [[check]]
;;! call = "convert_u"
;;! args = "(v128.const i32x4 -1 0xffffff7f 0x01000001 0)"
;;! returns = "(v128.const f32x4 0x1p+32 0x1.fffffep+31 0x1p+24 0)"
;;!
;;! [[check]]
;;! call = "convert_low_s"
;;! args = "(v128.const i32x4 -2147483648 7 1 1)"
;;! returns = "(v128.const f64x2 -0x1p+31 7)"
;;!
;;! [[check]]
;;! call = "convert_low_u"
;;! args = "(v128.const i32x4 -1 0x80000000 1 1)"
;;! returns = "(v128.const f64x2 4294967295 0x1p+31)"
;;!
;;! [[check]]
;;! call = "demote_zero"
;;! args = "(v128.const f64x2 0x1.000001p+0 -0x1p+200)"
;;! returns = "(v128.const f32x4 1 -inf 0 0)"
;;!
;;! [[check]]
;;! call = "promote_low"
;;! args = "(v128.const f32x4 0x1p-149 -0 5 5)"
;;! returns = "(v128.const f64x2 0x1p-149 -0)"

;; The _zero forms make two lanes out of two and clear the others; the _low
;; forms read two lanes and ignore the others. Rounding is as for scalars.
(module
  (func (export "trunc_s") (param v128) (result v128) (i32x4.trunc_sat_f32x4_s (local.get 0)))
  (func (export "trunc_u") (param v128) (result v128) (i32x4.trunc_sat_f32x4_u (local.get 0)))
  (func (export "trunc_zero_s") (param v128) (result v128) (i32x4.trunc_sat_f64x2_s_zero (local.get 0)))
  (func (export "trunc_zero_u") (param v128) (result v128) (i32x4.trunc_sat_f64x2_u_zero (local.get 0)))
  (func (export "convert_u") (param v128) (result v128) (f32x4.convert_i32x4_u (local.get 0)))
  (func (export "convert_low_s") (param v128) (result v128) (f64x2.convert_low_i32x4_s (local.get 0)))
  (func (export "convert_low_u") (param v128) (result v128) (f64x2.convert_low_i32x4_u (local.get 0)))
  (func (export "demote_zero") (param v128) (result v128) (f32x4.demote_f64x2_zero (local.get 0)))
  (func (export "promote_low") (param v128) (result v128) (f64x2.promote_low_f32x4 (local.get 0)))
)
