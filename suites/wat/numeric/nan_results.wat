;;! description = "makes a NaN of every invalid operation, canonical where no operand is a NaN"
;;!
;;! [[check]]
;;! call = "div"
;;! args = "(f64.const 0) (f64.const 0)"
;;! returns = "(f64.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "div"
;;! args = "(f64.const 1) (f64.const 0)"
;;! returns = "(f64.const inf)"
;;!
;;! [[check]]
;;! call = "div"
;;! args = "(f64.const -1) (f64.const 0)"
;;! returns = "(f64.const -inf)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(f64.const inf) (f64.const inf)"
;;! returns = "(f64.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(f64.const inf) (f64.const -inf)"
;;! returns = "(f64.const inf)"
;;!
;;! [[check]]
;;! call = "mul"
;;! args = "(f32.const 0) (f32.const inf)"
;;! returns = "(f32.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "sqrt"
;;! args = "(f32.const -1)"
;;! returns = "(f32.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "sqrt"
;;! args = "(f32.const -0)"
;;! returns = "(f32.const -0)"
;;!
;;! [[check]]
;;! call = "mul"
;;! args = "(f32.const nan) (f32.const 1)"
;;! returns = "(f32.const nan:canonical)"
;;!
;;! [[check]]
;;! call = "mul"
;;! args = "(f32.const nan:0x200000) (f32.const 1)"
;;! returns = "(f32.const nan:arithmetic)"
;;!
;;! [[check]]
;;! call = "mul"
;;! args = "(f32.const -nan:0x1) (f32.const 2)"
;;! returns = "(f32.const nan:arithmetic)"
;;!
;;! [[check]]
;;! call = "quiet"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "quiet"
;;! args = "(f32.const -nan:0x3fffff)"
;;! returns = "(i32.const 1)"

;; What the standard lets a program count on: with a canonical NaN (or none) as
;; input the output is canonical, of either sign; with any other NaN the output
;; has at least its quiet bit set.
(module
  (func (export "div") (param f64 f64) (result f64) (f64.div (local.get 0) (local.get 1)))
  (func (export "sub") (param f64 f64) (result f64) (f64.sub (local.get 0) (local.get 1)))
  (func (export "mul") (param f32 f32) (result f32) (f32.mul (local.get 0) (local.get 1)))
  (func (export "sqrt") (param f32) (result f32) (f32.sqrt (local.get 0)))

  ;; is the quiet bit set after an addition?
  (func (export "quiet") (param f32) (result i32)
    (i32.and (i32.const 1)
      (i32.shr_u
        (i32.reinterpret_f32 (f32.add (local.get 0) (f32.const 1)))
        (i32.const 22))))
)
