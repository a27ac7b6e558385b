;;! description = "demotes f64 to f32 with rounding, overflow and gradual underflow, and promotes exactly"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.000001p+0)"
;;! returns = "(f32.const 0x1p+0)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.0000010000001p+0)"
;;! returns = "(f32.const 0x1.000002p+0)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.000003p+0)"
;;! returns = "(f32.const 0x1.000004p+0)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.fffffefffffffp+127)"
;;! returns = "(f32.const 0x1.fffffep+127)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.ffffffp+127)"
;;! returns = "(f32.const inf)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const -0x1p+1000)"
;;! returns = "(f32.const -inf)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1p-149)"
;;! returns = "(f32.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1p-150)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.0000000000001p-150)"
;;! returns = "(f32.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const -0x1p-1074)"
;;! returns = "(f32.const -0)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const 0x1.fffffffp-127)"
;;! returns = "(f32.const 0x1p-126)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const nan)"
;;! returns = "(f32.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const nan:0x1)"
;;! returns = "(f32.const nan:arithmetic)"
;;!
;;! [[check]]
;;! call = "promote"
;;! args = "(f32.const 0x1p-149)"
;;! returns = "(f64.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "promote"
;;! args = "(f32.const 0x1.fffffep+127)"
;;! returns = "(f64.const 0x1.fffffep+127)"
;;!
;;! [[check]]
;;! call = "promote"
;;! args = "(f32.const -inf)"
;;! returns = "(f64.const -inf)"
;;!
;;! [[check]]
;;! call = "promote"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(f64.const nan:arithmetic)"
;;!
;;! [[check]]
;;! call = "lossy"
;;! args = "(f64.const 0x1.999999999999ap-4)"
;;! returns = "(f64.const 0x1.99999ap-4)"

;; 0x1.ffffffp+127 lies halfway between the largest f32 and 2^128 and rounds to
;; infinity; just below it, to the largest f32.
(module
  (func $demote (export "demote") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func $promote (export "promote") (param f32) (result f64) (f64.promote_f32 (local.get 0)))
  ;; an optimizer must not cancel the two
  (func (export "lossy") (param f64) (result f64)
    (f64.promote_f32 (f32.demote_f64 (local.get 0))))
)
