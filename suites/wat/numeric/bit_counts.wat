;;! description = "counts leading zeros, trailing zeros and ones, for zero too"
;;!
;;! [[check]]
;;! call = "bits32"
;;! args = "(i32.const 0x0)"
;;! returns = "(i32.const 32) (i32.const 32) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "bits32"
;;! args = "(i32.const 0x1)"
;;! returns = "(i32.const 31) (i32.const 0) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "bits32"
;;! args = "(i32.const 0x80000000)"
;;! returns = "(i32.const 0) (i32.const 31) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "bits32"
;;! args = "(i32.const 0xffffffff)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 32)"
;;!
;;! [[check]]
;;! call = "bits32"
;;! args = "(i32.const 0xff0100)"
;;! returns = "(i32.const 8) (i32.const 8) (i32.const 9)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0x0)"
;;! returns = "(i64.const 64) (i64.const 64) (i64.const 0)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0x1)"
;;! returns = "(i64.const 63) (i64.const 0) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0x8000000000000000)"
;;! returns = "(i64.const 0) (i64.const 63) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0) (i64.const 0) (i64.const 64)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0x100000000)"
;;! returns = "(i64.const 31) (i64.const 32) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0xffffffff)"
;;! returns = "(i64.const 32) (i64.const 0) (i64.const 32)"
;;!
;;! [[check]]
;;! call = "bits64"
;;! args = "(i64.const 0x5555555500000000)"
;;! returns = "(i64.const 1) (i64.const 32) (i64.const 16)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const 1023)"
;;! returns = "(i32.const 9)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const 1024)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const 31)"
;;!
;;! [[check]]
;;! call = "log2"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "is_power"
;;! args = "(i64.const 0x0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "is_power"
;;! args = "(i64.const 0x1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "is_power"
;;! args = "(i64.const 0x8000000000000000)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "is_power"
;;! args = "(i64.const 0x8000000000000001)"
;;! returns = "(i32.const 0)"

;; clz and ctz of 0 are the width, which bsr and bsf on x86 leave undefined.
(module
  (func (export "bits32") (param i32) (result i32 i32 i32)
    (i32.clz (local.get 0)) (i32.ctz (local.get 0)) (i32.popcnt (local.get 0)))
  (func (export "bits64") (param i64) (result i64 i64 i64)
    (i64.clz (local.get 0)) (i64.ctz (local.get 0)) (i64.popcnt (local.get 0)))
  ;; -1 for zero
  (func (export "log2") (param i32) (result i32)
    (i32.sub (i32.const 31) (i32.clz (local.get 0))))
  (func (export "is_power") (param i64) (result i32)
    (i64.eq (i64.popcnt (local.get 0)) (i64.const 1)))
)
