;;! description = "changes only the sign bit with neg, abs and copysign, whatever the NaN"
;;!
;;! [[check]]
;;! call = "neg"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(f32.const -nan:0x1)"
;;!
;;! [[check]]
;;! call = "neg"
;;! args = "(f32.const -nan:0x7fffff)"
;;! returns = "(f32.const nan:0x7fffff)"
;;!
;;! [[check]]
;;! call = "neg"
;;! args = "(f32.const 0)"
;;! returns = "(f32.const -0)"
;;!
;;! [[check]]
;;! call = "abs"
;;! args = "(f32.const -nan:0x200000)"
;;! returns = "(f32.const nan:0x200000)"
;;!
;;! [[check]]
;;! call = "abs"
;;! args = "(f32.const -0)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "copysign"
;;! args = "(f64.const nan:0x4) (f64.const -1)"
;;! returns = "(f64.const -nan:0x4)"
;;!
;;! [[check]]
;;! call = "copysign"
;;! args = "(f64.const -1) (f64.const nan:0x4)"
;;! returns = "(f64.const 1)"
;;!
;;! [[check]]
;;! call = "copysign"
;;! args = "(f64.const 2) (f64.const -nan:0x8000000000000)"
;;! returns = "(f64.const -2)"
;;!
;;! [[check]]
;;! call = "copysign"
;;! args = "(f64.const -nan:0xfffffffffffff) (f64.const -0)"
;;! returns = "(f64.const -nan:0xfffffffffffff)"
;;!
;;! [[check]]
;;! call = "neg_is_not_minus"
;;! args = "(f32.const 0)"
;;! returns = "(i32.const 0x80000000) (i32.const 0)"

;; These three are not arithmetic: they never make a signalling NaN quiet, and
;; they keep the payload. So neg must not be compiled as 0 - x, which would
;; also get the sign of zero wrong.
(module
  (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0)))
  (func (export "abs") (param f32) (result f32) (f32.abs (local.get 0)))
  (func (export "copysign") (param f64 f64) (result f64)
    (f64.copysign (local.get 0) (local.get 1)))
  (func (export "neg_is_not_minus") (param f32) (result i32 i32)
    (i32.reinterpret_f32 (f32.neg (local.get 0)))
    (i32.reinterpret_f32 (f32.sub (f32.const 0) (local.get 0))))
)
