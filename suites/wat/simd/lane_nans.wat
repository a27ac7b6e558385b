;;! description = "treats each float lane by itself: NaNs, zeros and infinities in min, max, pmin, pmax and compares"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(v128.const f32x4 nan 1 -0 inf) (v128.const f32x4 1 nan 0 -inf)"
;;! returns = "(v128.const f32x4 nan:canonical nan:canonical -0 -inf)"
;;!
;;! [[check]]
;;! call = "max"
;;! args = "(v128.const f32x4 nan:0x1 1 -0 inf) (v128.const f32x4 1 -nan:0x1 0 -inf)"
;;! returns = "(v128.const f32x4 nan:arithmetic nan:arithmetic 0 inf)"
;;!
;;! [[check]]
;;! call = "pmin"
;;! args = "(v128.const f32x4 nan:0x5 1 -0 0) (v128.const f32x4 1 nan 0 -0)"
;;! returns = "(v128.const f32x4 nan:0x5 1 -0 0)"
;;!
;;! [[check]]
;;! call = "pmax"
;;! args = "(v128.const f32x4 nan:0x5 1 -0 0) (v128.const f32x4 1 nan 0 -0)"
;;! returns = "(v128.const f32x4 nan:0x5 1 -0 0)"
;;!
;;! [[check]]
;;! call = "pmin"
;;! args = "(v128.const f32x4 2 3 4 5) (v128.const f32x4 1 4 4 -inf)"
;;! returns = "(v128.const f32x4 1 3 4 -inf)"
;;!
;;! [[check]]
;;! call = "eq"
;;! args = "(v128.const f64x2 nan -0) (v128.const f64x2 nan 0)"
;;! returns = "(v128.const i64x2 0 -1)"
;;!
;;! [[check]]
;;! call = "ne"
;;! args = "(v128.const f64x2 nan -0) (v128.const f64x2 nan 0)"
;;! returns = "(v128.const i64x2 -1 0)"
;;!
;;! [[check]]
;;! call = "div"
;;! args = "(v128.const f64x2 0 1) (v128.const f64x2 0 -0)"
;;! returns = "(v128.const f64x2 nan:canonical -inf)"
;;!
;;! [[check]]
;;! call = "neg"
;;! args = "(v128.const f32x4 nan:0x1 -nan:0x7fffff 0 -inf)"
;;! returns = "(v128.const f32x4 -nan:0x1 nan:0x7fffff -0 inf)"
;;!
;;! [[check]]
;;! call = "nearest"
;;! args = "(v128.const f32x4 0.5 1.5 -0.5 2.5)"
;;! returns = "(v128.const f32x4 0 2 -0 2)"

;; pmin is b < a ? b : a, hence not symmetric: it keeps its first operand when
;; the two are equal or unordered, bit for bit.
(module
  (func (export "min") (param v128 v128) (result v128) (f32x4.min (local.get 0) (local.get 1)))
  (func (export "max") (param v128 v128) (result v128) (f32x4.max (local.get 0) (local.get 1)))
  (func (export "pmin") (param v128 v128) (result v128) (f32x4.pmin (local.get 0) (local.get 1)))
  (func (export "pmax") (param v128 v128) (result v128) (f32x4.pmax (local.get 0) (local.get 1)))
  (func (export "eq") (param v128 v128) (result v128) (f64x2.eq (local.get 0) (local.get 1)))
  (func (export "ne") (param v128 v128) (result v128) (f64x2.ne (local.get 0) (local.get 1)))
  (func (export "div") (param v128 v128) (result v128) (f64x2.div (local.get 0) (local.get 1)))
  (func (export "neg") (param v128) (result v128) (f32x4.neg (local.get 0)))
  (func (export "nearest") (param v128) (result v128) (f32x4.nearest (local.get 0)))
)
