;;! description = "saturates float-to-integer conversions at the last float inside and the first one outside"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const 0x1.fffffep+30)"
;;! returns = "(i32.const 2147483520)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const 0x1p+31)"
;;! returns = "(i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0x1p+31)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0x1.000002p+31)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "s32_f32"
;;! args = "(f32.const -0x1.fffffep-1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const 4294967295.5)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const 4294967296)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const -0x1.fffffffffffffp-1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const -1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "u32_f64"
;;! args = "(f64.const -inf)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const 2147483647.75)"
;;! returns = "(i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const -2147483648.75)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "s32_f64"
;;! args = "(f64.const -2147483649)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const 0x1.fffffffffffffp+62)"
;;! returns = "(i64.const 9223372036854774784)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const 0x1p+63)"
;;! returns = "(i64.const 9223372036854775807)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const -0x1.8p+63)"
;;! returns = "(i64.const -9223372036854775808)"
;;!
;;! [[check]]
;;! call = "s64_f64"
;;! args = "(f64.const inf)"
;;! returns = "(i64.const 9223372036854775807)"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const 0x1.fffffep+63)"
;;! returns = "(i64.const 0xffffff0000000000)"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const 0x1p+64)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const 0x1p+63)"
;;! returns = "(i64.const 0x8000000000000000)"
;;!
;;! [[check]]
;;! call = "u64_f32"
;;! args = "(f32.const -nan)"
;;! returns = "(i64.const 0)"

;; A NaN gives zero, anything too large or small the end of the range. The u64
;; cases from 2^63 on need care where the machine only converts signed numbers.
(module
  (func (export "s32_f32") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))
  (func (export "u32_f64") (param f64) (result i32) (i32.trunc_sat_f64_u (local.get 0)))
  (func (export "s32_f64") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "s64_f64") (param f64) (result i64) (i64.trunc_sat_f64_s (local.get 0)))
  (func (export "u64_f32") (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
)
