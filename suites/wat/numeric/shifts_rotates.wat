;;! description = "takes shift and rotate counts modulo the width"
;;!
;;! [[check]]
;;! call = "shl32"
;;! args = "(i32.const 1) (i32.const 32)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "shl32"
;;! args = "(i32.const 1) (i32.const 31)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "shl32"
;;! args = "(i32.const 3) (i32.const -1)"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "shl32"
;;! args = "(i32.const 5) (i32.const 33)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "shr_s32"
;;! args = "(i32.const -8) (i32.const 34)"
;;! returns = "(i32.const -2)"
;;!
;;! [[check]]
;;! call = "shr_s32"
;;! args = "(i32.const -1) (i32.const 31)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "shr_u32"
;;! args = "(i32.const -8) (i32.const 33)"
;;! returns = "(i32.const 2147483644)"
;;!
;;! [[check]]
;;! call = "shr_u32"
;;! args = "(i32.const -1) (i32.const 31)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "shr_u32"
;;! args = "(i32.const 0x80000000) (i32.const -1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "rotl32"
;;! args = "(i32.const 0x12345678) (i32.const 4)"
;;! returns = "(i32.const 0x23456781)"
;;!
;;! [[check]]
;;! call = "rotl32"
;;! args = "(i32.const 0x12345678) (i32.const 36)"
;;! returns = "(i32.const 0x23456781)"
;;!
;;! [[check]]
;;! call = "rotr32"
;;! args = "(i32.const 0x12345678) (i32.const 4)"
;;! returns = "(i32.const 0x81234567)"
;;!
;;! [[check]]
;;! call = "rotr32"
;;! args = "(i32.const 0x12345678) (i32.const -4)"
;;! returns = "(i32.const 0x23456781)"
;;!
;;! [[check]]
;;! call = "rotl32"
;;! args = "(i32.const 0x12345678) (i32.const 0)"
;;! returns = "(i32.const 0x12345678)"
;;!
;;! [[check]]
;;! call = "shl64"
;;! args = "(i64.const 1) (i64.const 64)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "shl64"
;;! args = "(i64.const 1) (i64.const 63)"
;;! returns = "(i64.const 0x8000000000000000)"
;;!
;;! [[check]]
;;! call = "shl64"
;;! args = "(i64.const 1) (i64.const 0x100000000)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "shr_s64"
;;! args = "(i64.const 0x8000000000000000) (i64.const 63)"
;;! returns = "(i64.const -1)"
;;!
;;! [[check]]
;;! call = "shr_u64"
;;! args = "(i64.const 0x8000000000000000) (i64.const 127)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "rotl64"
;;! args = "(i64.const 0x0123456789abcdef) (i64.const 8)"
;;! returns = "(i64.const 0x23456789abcdef01)"
;;!
;;! [[check]]
;;! call = "rotl64"
;;! args = "(i64.const 0x0123456789abcdef) (i64.const -8)"
;;! returns = "(i64.const 0xef0123456789abcd)"
;;!
;;! [[check]]
;;! call = "rotr64"
;;! args = "(i64.const 0x0123456789abcdef) (i64.const 68)"
;;! returns = "(i64.const 0xf0123456789abcde)"
;;!
;;! [[check]]
;;! call = "byte_shift"
;;! args = "(i32.const 0x80) (i32.const 24)"
;;! returns = "(i32.const -1)"

;; Counts of the width or more, and negative ones, which are large unsigned
;; numbers; an i64 shift looks at the lower six bits only.
(module
  (func (export "shl32") (param i32 i32) (result i32) (i32.shl (local.get 0) (local.get 1)))
  (func (export "shr_s32") (param i32 i32) (result i32) (i32.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u32") (param i32 i32) (result i32) (i32.shr_u (local.get 0) (local.get 1)))
  (func (export "rotl32") (param i32 i32) (result i32) (i32.rotl (local.get 0) (local.get 1)))
  (func (export "rotr32") (param i32 i32) (result i32) (i32.rotr (local.get 0) (local.get 1)))
  (func (export "shl64") (param i64 i64) (result i64) (i64.shl (local.get 0) (local.get 1)))
  (func (export "shr_s64") (param i64 i64) (result i64) (i64.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u64") (param i64 i64) (result i64) (i64.shr_u (local.get 0) (local.get 1)))
  (func (export "rotl64") (param i64 i64) (result i64) (i64.rotl (local.get 0) (local.get 1)))
  (func (export "rotr64") (param i64 i64) (result i64) (i64.rotr (local.get 0) (local.get 1)))

  ;; up and down again: a pair that is often turned into a sign extension
  (func (export "byte_shift") (param i32 i32) (result i32)
    (i32.shr_s
      (i32.shr_s (i32.shl (local.get 0) (local.get 1)) (local.get 1))
      (i32.const 7)))
)
