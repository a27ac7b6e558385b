;;! description = "rounds after each operation: products are not fused into sums, sums not reassociated"
;;!
;;! [[check]]
;;! call = "mul_add"
;;! args = "(f64.const 0x1.00000004p+0) (f64.const 0x1.00000004p+0) (f64.const -0x1.00000008p+0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "mul_add"
;;! args = "(f64.const 0x1.0000000000001p+0) (f64.const 0x1.0000000000001p+0) (f64.const -0x1.0000000000002p+0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "mul_add32"
;;! args = "(f32.const 0x1.001p+0) (f32.const 0x1.001p+0) (f32.const -0x1.002p+0)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "left"
;;! args = "(f64.const 0x1p+53) (f64.const 1) (f64.const 1)"
;;! returns = "(f64.const 0x1p+53)"
;;!
;;! [[check]]
;;! call = "right"
;;! args = "(f64.const 0x1p+53) (f64.const 1) (f64.const 1)"
;;! returns = "(f64.const 0x1.0000000000001p+53)"
;;!
;;! [[check]]
;;! call = "times_inverse"
;;! args = "(f64.const 49)"
;;! returns = "(f64.const 0x1.fffffffffffffp-1)"
;;!
;;! [[check]]
;;! call = "zero_times"
;;! args = "(f64.const inf)"
;;! returns = "(f64.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "zero_times"
;;! args = "(f64.const -1)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "plus_zero"
;;! args = "(f64.const -0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "same"
;;! args = "(f64.const nan)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "same"
;;! args = "(f64.const inf)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "intermediate"
;;! args = "(f32.const 0x1p+127) (f32.const 2)"
;;! returns = "(f32.const inf)"

;; Identities of real numbers that floats do not have: an optimizer that uses
;; one of them shows here. x * x - y is exactly 0 after two roundings, while a
;; fused operation would leave the product's low bits.
(module
  (func (export "mul_add") (param f64 f64 f64) (result f64)
    (f64.add (f64.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "mul_add32") (param f32 f32 f32) (result f32)
    (f32.add (f32.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "left") (param f64 f64 f64) (result f64)
    (f64.add (f64.add (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "right") (param f64 f64 f64) (result f64)
    (f64.add (local.get 0) (f64.add (local.get 1) (local.get 2))))
  ;; x * (1 / x) is not always 1
  (func (export "times_inverse") (param f64) (result f64)
    (f64.mul (local.get 0) (f64.div (f64.const 1) (local.get 0))))
  (func (export "zero_times") (param f64) (result f64)
    (f64.mul (f64.const 0) (local.get 0)))
  ;; -0 + 0 is +0, so x + 0 is not x
  (func (export "plus_zero") (param f64) (result f64)
    (f64.add (local.get 0) (f64.const 0)))
  (func (export "same") (param f64) (result i32)
    (f64.eq (local.get 0) (local.get 0)))
  ;; f32 has no wider range in between
  (func (export "intermediate") (param f32 f32) (result f32)
    (f32.div (f32.mul (local.get 0) (local.get 1)) (local.get 1)))
)
