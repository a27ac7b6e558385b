;;! description = "traps on division and remainder by zero of either width and sign, even of zero or unused"
;;!
;;! [[check]]
;;! call = "div_s32"
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "div_u32"
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "rem_s32"
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "rem_u32"
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "div_s64"
;;! args = "(i64.const -7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "div_u64"
;;! args = "(i64.const -7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "rem_s64"
;;! args = "(i64.const -7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "rem_u64"
;;! args = "(i64.const -7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "div_s32"
;;! args = "(i32.const 0) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "rem_s32"
;;! args = "(i32.const -2147483648) (i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "div_s64"
;;! args = "(i64.const 0) (i64.const 7)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "div_u64"
;;! args = "(i64.const 1) (i64.const 0x100000000)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "constant"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "unused"
;;! args = "(i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "unused"
;;! args = "(i32.const 1)"
;;! returns = ""

;; The 64-bit divisor must be tested whole: 2^32 is zero in its lower half
;; only. A quotient nobody uses may not be optimized away.
(module
  (func (export "div_s32") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "div_u32") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s32") (param i32 i32) (result i32) (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "rem_u32") (param i32 i32) (result i32) (i32.rem_u (local.get 0) (local.get 1)))
  (func (export "div_s64") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "div_u64") (param i64 i64) (result i64) (i64.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s64") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "rem_u64") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "constant") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
  (func (export "unused") (param i32) (drop (i32.rem_s (i32.const 1) (local.get 0))))
)
