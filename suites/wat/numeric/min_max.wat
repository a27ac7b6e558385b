;;! description = "orders the zeros and lets a NaN win in min and max, unlike comparison and select"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f64.const 0) (f64.const -0)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f64.const -0) (f64.const 0)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "max"
;;! args = "(f64.const -0) (f64.const 0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "max"
;;! args = "(f64.const 0) (f64.const -0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "max"
;;! args = "(f64.const -0) (f64.const -0)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f64.const nan) (f64.const -inf)"
;;! returns = "(f64.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f64.const -inf) (f64.const nan)"
;;! returns = "(f64.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "max"
;;! args = "(f64.const inf) (f64.const nan:0x1)"
;;! returns = "(f64.const nan:arithmetic)"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f64.const -inf) (f64.const inf)"
;;! returns = "(f64.const -inf)"
;;!
;;! [[check]]
;;! call = "select_min"
;;! args = "(f64.const nan) (f64.const 1)"
;;! returns = "(f64.const 1)"
;;!
;;! [[check]]
;;! call = "select_min"
;;! args = "(f64.const 1) (f64.const nan)"
;;! returns = "(f64.const nan)"
;;!
;;! [[check]]
;;! call = "select_min"
;;! args = "(f64.const 0) (f64.const -0)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "min32"
;;! args = "(f32.const 0x1p-149) (f32.const -0x1p-149)"
;;! returns = "(f32.const -0x1p-149)"
;;!
;;! [[check]]
;;! call = "max32"
;;! args = "(f32.const 0x1p-149) (f32.const 0)"
;;! returns = "(f32.const 0x1p-149)"

;; f64.min is no select over f64.lt: that one would keep the second operand
;; whenever the two are equal (the zeros) or not ordered (a NaN).
(module
  (func (export "min") (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func (export "max") (param f64 f64) (result f64) (f64.max (local.get 0) (local.get 1)))
  (func (export "min32") (param f32 f32) (result f32) (f32.min (local.get 0) (local.get 1)))
  (func (export "max32") (param f32 f32) (result f32) (f32.max (local.get 0) (local.get 1)))
  (func (export "select_min") (param $a f64) (param $b f64) (result f64)
    (select (local.get $a) (local.get $b) (f64.lt (local.get $a) (local.get $b))))
)
