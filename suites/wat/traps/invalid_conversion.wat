;;! description = "traps on the conversion of any NaN to an integer, where saturating gives zero"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "u32_f32"
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "s64_f32"
;;! args = "(f32.const nan:0x400000)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "u64_f64"
;;! args = "(f64.const nan)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const -nan)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "u64_f64"
;;! args = "(f64.const nan:0x1)"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "made"
;;! traps = "invalid conversion to integer"
;;!
;;! [[check]]
;;! call = "saturate"
;;! args = "(f64.const nan)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0)"
;;! returns = "(i32.const 0)"

;; The payload and the sign of the NaN do not matter. Out of range is another
;; trap, integer overflow.
(module
  (func (export "s32_f32") (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func (export "u32_f32") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "s64_f32") (param f32) (result i64) (i64.trunc_f32_s (local.get 0)))
  (func (export "s32_f64") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "u64_f64") (param f64) (result i64) (i64.trunc_f64_u (local.get 0)))
  ;; a NaN that only arises on the way
  (func (export "made") (result i64) (i64.trunc_f64_s (f64.div (f64.const 0) (f64.const 0))))
  (func (export "saturate") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
)
