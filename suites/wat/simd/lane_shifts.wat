;;! description = "shifts all lanes by one count modulo the lane width, bytes and 64-bit lanes included"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "shl8"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85) (i32.const 1)"
;;! returns = "(v128.const i8x16 2 -2 0 -2 -128 6 -4 -86 2 -2 0 -2 -128 6 -4 -86)"
;;!
;;! [[check]]
;;! call = "shl8"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85) (i32.const 8)"
;;! returns = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85)"
;;!
;;! [[check]]
;;! call = "shl8"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85) (i32.const -1)"
;;! returns = "(v128.const i8x16 -128 -128 0 -128 0 -128 0 -128 -128 -128 0 -128 0 -128 0 -128)"
;;!
;;! [[check]]
;;! call = "shr_s8"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85) (i32.const 11)"
;;! returns = "(v128.const i8x16 0 -1 -16 15 8 0 -1 10 0 -1 -16 15 8 0 -1 10)"
;;!
;;! [[check]]
;;! call = "shr_u8"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85) (i32.const 3)"
;;! returns = "(v128.const i8x16 0 31 16 15 8 0 31 10 0 31 16 15 8 0 31 10)"
;;!
;;! [[check]]
;;! call = "shr_s64"
;;! args = "(v128.const i64x2 0x8000000000000000 -2) (i32.const 65)"
;;! returns = "(v128.const i64x2 0xc000000000000000 -1)"
;;!
;;! [[check]]
;;! call = "shr_s64"
;;! args = "(v128.const i64x2 0x8000000000000000 5) (i32.const 63)"
;;! returns = "(v128.const i64x2 -1 0)"
;;!
;;! [[check]]
;;! call = "shr_u64"
;;! args = "(v128.const i64x2 -1 1) (i32.const 127)"
;;! returns = "(v128.const i64x2 1 0)"
;;!
;;! [[check]]
;;! call = "shl32"
;;! args = "(v128.const i32x4 1 2 3 -1) (i32.const 32)"
;;! returns = "(v128.const i32x4 1 2 3 -1)"
;;!
;;! [[check]]
;;! call = "popcnt"
;;! args = "(v128.const i8x16 1 -1 -128 127 64 3 -2 85 1 -1 -128 127 64 3 -2 85)"
;;! returns = "(v128.const i8x16 1 8 1 7 1 2 7 4 1 8 1 7 1 2 7 4)"

;; x86 has neither byte shifts nor an arithmetic shift of 64-bit lanes before
;; AVX-512: both are put together from others.
(module
  (func (export "shl8") (param v128 i32) (result v128) (i8x16.shl (local.get 0) (local.get 1)))
  (func (export "shr_s8") (param v128 i32) (result v128) (i8x16.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u8") (param v128 i32) (result v128) (i8x16.shr_u (local.get 0) (local.get 1)))
  (func (export "shr_s64") (param v128 i32) (result v128) (i64x2.shr_s (local.get 0) (local.get 1)))
  (func (export "shr_u64") (param v128 i32) (result v128) (i64x2.shr_u (local.get 0) (local.get 1)))
  (func (export "shl32") (param v128 i32) (result v128) (i32x4.shl (local.get 0) (local.get 1)))
  (func (export "popcnt") (param v128) (result v128) (i8x16.popcnt (local.get 0)))
)
