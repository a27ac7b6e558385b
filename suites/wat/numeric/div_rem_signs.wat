;;! description = "truncates quotients towards zero and gives remainders the sign of the dividend"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const 7) (i32.const 3)"
;;! returns = "(i32.const 2) (i32.const 1) (i32.const 2) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const -7) (i32.const 3)"
;;! returns = "(i32.const -2) (i32.const -1) (i32.const 1431655763) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const 7) (i32.const -3)"
;;! returns = "(i32.const -2) (i32.const 1) (i32.const 0) (i32.const 7)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const -7) (i32.const -3)"
;;! returns = "(i32.const 2) (i32.const -1) (i32.const 0) (i32.const -7)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const -2147483648) (i32.const 2)"
;;! returns = "(i32.const -1073741824) (i32.const 0) (i32.const 1073741824) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const 2147483647) (i32.const -2147483648)"
;;! returns = "(i32.const 0) (i32.const 2147483647) (i32.const 0) (i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "divide32"
;;! args = "(i32.const 0) (i32.const -5)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "divide64"
;;! args = "(i64.const -9223372036854775808) (i64.const 10)"
;;! returns = "(i64.const -922337203685477580) (i64.const -8) (i64.const 922337203685477580) (i64.const 8)"
;;!
;;! [[check]]
;;! call = "divide64"
;;! args = "(i64.const 9223372036854775807) (i64.const -7)"
;;! returns = "(i64.const -1317624576693539401) (i64.const 0) (i64.const 0) (i64.const 9223372036854775807)"
;;!
;;! [[check]]
;;! call = "divide64"
;;! args = "(i64.const -1) (i64.const 9223372036854775807)"
;;! returns = "(i64.const 0) (i64.const -1) (i64.const 2) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "rem_min_by_minus_one"
;;! returns = "(i32.const 0) (i64.const 0)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const 7)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 7) (i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const -7)"
;;! returns = "(i32.const 0) (i32.const -1) (i32.const -7) (i32.const -1) (i32.const -1)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const 8)"
;;! returns = "(i32.const 1) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 2)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const -8)"
;;! returns = "(i32.const -1) (i32.const -1) (i32.const 0) (i32.const -1) (i32.const -2)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const 0) (i32.const -1) (i32.const -1) (i32.const 0) (i32.const -1)"
;;!
;;! [[check]]
;;! call = "by_constants"
;;! args = "(i32.const -2147483648)"
;;! returns = "(i32.const -268435456) (i32.const -268435456) (i32.const 0) (i32.const -306783378) (i32.const -2)"

;; Quotient and remainder, signed and then unsigned. MIN / -1 overflows, but
;; MIN rem -1 is 0 and must not trap. A signed division by 8 is no shift.
(module
  (func (export "divide32") (param i32 i32) (result i32 i32 i32 i32)
    (i32.div_s (local.get 0) (local.get 1))
    (i32.rem_s (local.get 0) (local.get 1))
    (i32.div_u (local.get 0) (local.get 1))
    (i32.rem_u (local.get 0) (local.get 1)))
  (func (export "divide64") (param i64 i64) (result i64 i64 i64 i64)
    (i64.div_s (local.get 0) (local.get 1))
    (i64.rem_s (local.get 0) (local.get 1))
    (i64.div_u (local.get 0) (local.get 1))
    (i64.rem_u (local.get 0) (local.get 1)))

  (func $minus_one (result i32) (i32.const -1)) ;; not a constant in place
  (func (export "rem_min_by_minus_one") (result i32 i64)
    (i32.rem_s (i32.const 0x80000000) (call $minus_one))
    (i64.rem_s (i64.const 0x8000000000000000) (i64.extend_i32_s (call $minus_one))))

  ;; constant divisors, which compilers turn into multiplications and shifts
  (func (export "by_constants") (param i32) (result i32 i32 i32 i32 i32)
    (i32.div_s (local.get 0) (i32.const 8))
    (i32.shr_s (local.get 0) (i32.const 3))
    (i32.rem_s (local.get 0) (i32.const 8))
    (i32.div_s (local.get 0) (i32.const 7))
    (i32.rem_s (local.get 0) (i32.const -3)))
)
