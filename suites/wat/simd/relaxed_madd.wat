;;! description = "multiplies and adds with one rounding or two, as the machine likes, in every lane alike"
;;! proposals = ["simd", "relaxed-simd"]
;;!
;;! [[check]]
;;! call = "madd32"
;;! args = "(v128.const f32x4 0x1.001p+0 2 0 1) (v128.const f32x4 0x1.001p+0 3 5 inf) (v128.const f32x4 -0x1.002p+0 4 -0 1)"
;;! returns = "(either (v128.const f32x4 0 10 0 inf) (v128.const f32x4 0x1p-24 10 0 inf))"
;;!
;;! [[check]]
;;! call = "nmadd32"
;;! args = "(v128.const f32x4 0x1.001p+0 2 0 1) (v128.const f32x4 0x1.001p+0 3 5 inf) (v128.const f32x4 0x1.002p+0 4 -0 1)"
;;! returns = "(either (v128.const f32x4 0 -2 -0 -inf) (v128.const f32x4 -0x1p-24 -2 -0 -inf))"
;;!
;;! [[check]]
;;! call = "madd64"
;;! args = "(v128.const f64x2 0x1p+1023 3) (v128.const f64x2 2 3) (v128.const f64x2 -0x1p+1023 1)"
;;! returns = "(either (v128.const f64x2 inf 10) (v128.const f64x2 0x1p+1023 10))"
;;!
;;! [[check]]
;;! call = "same_each_time"
;;! args = "(v128.const f64x2 0x1.0000000000001p+0 0) (v128.const f64x2 0x1.0000000000001p+0 0) (v128.const f64x2 -0x1.0000000000002p+0 0)"
;;! returns = "(i32.const 1)"

;; (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 when fused, else 0. In f64 the product
;; overflows on the way, unless it is fused. Whatever the answer, the same
;; instruction must give the same one throughout.
(module
  (func (export "madd32") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "nmadd32") (param v128 v128 v128) (result v128)
    (f32x4.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2)))
  (func $madd (export "madd64") (param v128 v128 v128) (result v128)
    (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "same_each_time") (param v128 v128 v128) (result i32)
    (i64x2.all_true
      (i64x2.eq
        (call $madd (local.get 0) (local.get 1) (local.get 2))
        (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))))
)
