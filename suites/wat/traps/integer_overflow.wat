;;! description = "traps on the one quotient that overflows and on float conversions out of range, but not just inside"
;;!
;;! [[check]]
;;! call = "div32"
;;! args = "(i32.const -2147483648) (i32.const -1)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "div32"
;;! args = "(i32.const -2147483647) (i32.const -1)"
;;! returns = "(i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "div64"
;;! args = "(i64.const -9223372036854775808) (i64.const -1)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "div64"
;;! args = "(i64.const -9223372036854775807) (i64.const -1)"
;;! returns = "(i64.const 9223372036854775807)"
;;!
;;! [[check]]
;;! call = "div_constant"
;;! args = "(i32.const -2147483648)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const 0x1p+31)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const 0x1.fffffep+30)"
;;! returns = "(i32.const 2147483520)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0x1p+31)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0x1.000002p+31)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const 2147483648)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const 0x1.fffffffffffffp+30)"
;;! returns = "(i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const -2147483649)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const -0x1.00000001fffffp+31)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const -1)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const -0x1.fffffffffffffp-1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const 4294967296)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const 0x1.fffffffffffffp+31)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const 0x1p+63)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const -0x1p+63)"
;;! returns = "(i64.const -9223372036854775808)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const -0x1.0000000000001p+63)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const 0x1p+64)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const 0x1.fffffep+63)"
;;! returns = "(i64.const 0xffffff0000000000)"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const -1)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const -inf)"
;;! traps = "integer overflow"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const inf)"
;;! traps = "integer overflow"

;; -2147483648.99 still truncates to a number in range, so the bound of the
;; check is not the end of the integer range but one more, exclusive.
(module
  (func (export "div32") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "div64") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "div_constant") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const -1)))
  (func (export "s32_f32") (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func (export "s32_f64") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "u32_f64") (param f64) (result i32) (i32.trunc_f64_u (local.get 0)))
  (func (export "s64_f64") (param f64) (result i64) (i64.trunc_f64_s (local.get 0)))
  (func (export "u64_f32") (param f32) (result i64) (i64.trunc_f32_u (local.get 0)))
)
