;;! description = "rounds to integral floats in four directions, ties to even, keeping the sign of zero"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 0.5)"
;;! returns = "(f64.const 0) (f64.const 0) (f64.const 1) (f64.const 0)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const -0.5)"
;;! returns = "(f64.const -0) (f64.const -1) (f64.const -0) (f64.const -0)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 1.5)"
;;! returns = "(f64.const 2) (f64.const 1) (f64.const 2) (f64.const 1)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 2.5)"
;;! returns = "(f64.const 2) (f64.const 2) (f64.const 3) (f64.const 2)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const -2.5)"
;;! returns = "(f64.const -2) (f64.const -3) (f64.const -2) (f64.const -2)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 0x1.fffffffffffffp-2)"
;;! returns = "(f64.const 0) (f64.const 0) (f64.const 1) (f64.const 0)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const -0)"
;;! returns = "(f64.const -0) (f64.const -0) (f64.const -0) (f64.const -0)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 0x1.0000000000001p+51)"
;;! returns = "(f64.const 0x1p+51) (f64.const 0x1p+51) (f64.const 0x1.0000000000002p+51) (f64.const 0x1p+51)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const 0x1.0000000000003p+51)"
;;! returns = "(f64.const 0x1.0000000000004p+51) (f64.const 0x1.0000000000002p+51) (f64.const 0x1.0000000000004p+51) (f64.const 0x1.0000000000002p+51)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const -0x1p-1074)"
;;! returns = "(f64.const -0) (f64.const -1) (f64.const -0) (f64.const -0)"
;;!
;;! [[check]]
;;! call = "round"
;;! args = "(f64.const -inf)"
;;! returns = "(f64.const -inf) (f64.const -inf) (f64.const -inf) (f64.const -inf)"
;;!
;;! [[check]]
;;! call = "nearest32"
;;! args = "(f32.const 0x1.000002p+23)"
;;! returns = "(f32.const 0x1.000002p+23)"
;;!
;;! [[check]]
;;! call = "nearest32"
;;! args = "(f32.const 0x1.000002p+22)"
;;! returns = "(f32.const 0x1p+22)"
;;!
;;! [[check]]
;;! call = "nearest32"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(f32.const nan:arithmetic)"

;; nearest, floor, ceil, trunc. 0x1.fffffffffffffp-2 is the largest number
;; below one half: adding 0.5 and truncating would give 1. From 2^52 on (2^23
;; for f32) every number is integral already.
(module
  (func (export "round") (param f64) (result f64 f64 f64 f64)
    (f64.nearest (local.get 0))
    (f64.floor (local.get 0))
    (f64.ceil (local.get 0))
    (f64.trunc (local.get 0)))
  (func (export "nearest32") (param f32) (result f32) (f32.nearest (local.get 0)))
)
