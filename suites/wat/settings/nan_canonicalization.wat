;;! description = "gives the one canonical NaN, sign and all, from every arithmetic operation"
;;! proposals = ["simd"]
;;! [settings]
;;! nan-canonicalization = "true"
;;!
;;! [[check]]
;;! call = "add32"
;;! args = "(f32.const nan:0x1) (f32.const 1)"
;;! returns = "(i32.const 0x7fc00000)"
;;!
;;! [[check]]
;;! call = "add32"
;;! args = "(f32.const 1) (f32.const -nan:0x7fffff)"
;;! returns = "(i32.const 0x7fc00000)"
;;!
;;! [[check]]
;;! call = "zero_by_zero"
;;! args = "(f64.const 0)"
;;! returns = "(i64.const 0x7ff8000000000000)"
;;!
;;! [[check]]
;;! call = "zero_by_zero"
;;! args = "(f64.const -0)"
;;! returns = "(i64.const 0x7ff8000000000000)"
;;!
;;! [[check]]
;;! call = "sqrt"
;;! args = "(f64.const -1)"
;;! returns = "(i64.const 0x7ff8000000000000)"
;;!
;;! [[check]]
;;! call = "min"
;;! args = "(f32.const -nan:0x1234) (f32.const 0)"
;;! returns = "(i32.const 0x7fc00000)"
;;!
;;! [[check]]
;;! call = "infinity"
;;! returns = "(i64.const 0x7ff8000000000000)"
;;!
;;! [[check]]
;;! call = "demote"
;;! args = "(f64.const -nan:0x4000000000000)"
;;! returns = "(i32.const 0x7fc00000)"
;;!
;;! [[check]]
;;! call = "promote"
;;! args = "(f32.const -nan:0x1)"
;;! returns = "(i64.const 0x7ff8000000000000)"
;;!
;;! [[check]]
;;! call = "neg"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(i32.const 0xff800001)"
;;!
;;! [[check]]
;;! call = "lanes"
;;! returns = "(v128.const i32x4 0x7fc00000 0x40400000 0x7fc00000 0x7fc00000)"

;; Returned as bits, so that the results are compared exactly. neg is no
;; arithmetic and keeps its payload all the same.
(module
  (func (export "add32") (param f32 f32) (result i32)
    (i32.reinterpret_f32 (f32.add (local.get 0) (local.get 1))))
  (func (export "zero_by_zero") (param f64) (result i64)
    (i64.reinterpret_f64 (f64.div (local.get 0) (f64.const 0))))
  (func (export "sqrt") (param f64) (result i64)
    (i64.reinterpret_f64 (f64.sqrt (local.get 0))))
  (func (export "min") (param f32 f32) (result i32)
    (i32.reinterpret_f32 (f32.min (local.get 0) (local.get 1))))
  (func (export "infinity") (result i64)
    (i64.reinterpret_f64 (f64.sub (f64.const inf) (f64.const inf))))
  (func (export "demote") (param f64) (result i32)
    (i32.reinterpret_f32 (f32.demote_f64 (local.get 0))))
  (func (export "promote") (param f32) (result i64)
    (i64.reinterpret_f64 (f64.promote_f32 (local.get 0))))
  (func (export "neg") (param f32) (result i32)
    (i32.reinterpret_f32 (f32.neg (local.get 0))))
  (func (export "lanes") (result v128)
    (f32x4.add
      (v128.const f32x4 nan:0x1 1 -nan:0x200000 inf)
      (v128.const f32x4 0 2 5 -inf)))
)
