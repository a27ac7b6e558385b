;;! description = "widens lanes while adding and multiplying: extend, pairwise sums, extended products, 16-bit dot"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "extend_low_s"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127)"
;;! returns = "(v128.const i16x8 127 -128 100 -100 0 -1 1 127)"
;;!
;;! [[check]]
;;! call = "extend_high_u"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127)"
;;! returns = "(v128.const i16x8 128 50 206 64 192 3 253 127)"
;;!
;;! [[check]]
;;! call = "pairwise_s"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127)"
;;! returns = "(v128.const i16x8 -1 0 -1 128 -78 14 -61 124)"
;;!
;;! [[check]]
;;! call = "pairwise_u"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127)"
;;! returns = "(v128.const i16x8 255 256 255 128 178 270 195 380)"
;;!
;;! [[check]]
;;! call = "extmul_high_s"
;;! args = "(v128.const i16x8 32767 -32768 300 -300 127 128 -128 -129) (v128.const i16x8 -32768 -32768 255 256 0 -1 32767 1)"
;;! returns = "(v128.const i32x4 0 -128 -4194176 -129)"
;;!
;;! [[check]]
;;! call = "extmul_low_u"
;;! args = "(v128.const i32x4 -1 2 0 0) (v128.const i32x4 -1 -1 0 0)"
;;! returns = "(v128.const i64x2 0xfffffffe00000001 0x1fffffffe)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(v128.const i16x8 32767 -32768 300 -300 127 128 -128 -129) (v128.const i16x8 -32768 -32768 255 256 0 -1 32767 1)"
;;! returns = "(v128.const i32x4 32768 -300 -128 -4194305)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(v128.const i16x8 -32768 -32768 -32768 -32768 -32768 -32768 -32768 -32768) (v128.const i16x8 -32768 -32768 -32768 -32768 -32768 -32768 -32768 -32768)"
;;! returns = "(v128.const i32x4 -2147483648 -2147483648 -2147483648 -2147483648)"
;;!
;;! [[check]]
;;! call = "mul64"
;;! args = "(v128.const i64x2 0x123456789abcdef0 -3) (v128.const i64x2 0xfedcba9876543210 5)"
;;! returns = "(v128.const i64x2 0x236d88fe5618cf00 -15)"

;; The dot product of two pairs of -32768 is 2^31, the one case that wraps.
(module
  (func (export "extend_low_s") (param v128) (result v128) (i16x8.extend_low_i8x16_s (local.get 0)))
  (func (export "extend_high_u") (param v128) (result v128) (i16x8.extend_high_i8x16_u (local.get 0)))
  (func (export "pairwise_s") (param v128) (result v128) (i16x8.extadd_pairwise_i8x16_s (local.get 0)))
  (func (export "pairwise_u") (param v128) (result v128) (i16x8.extadd_pairwise_i8x16_u (local.get 0)))
  (func (export "extmul_high_s") (param v128 v128) (result v128) (i32x4.extmul_high_i16x8_s (local.get 0) (local.get 1)))
  (func (export "extmul_low_u") (param v128 v128) (result v128) (i64x2.extmul_low_i32x4_u (local.get 0) (local.get 1)))
  (func (export "dot") (param v128 v128) (result v128) (i32x4.dot_i16x8_s (local.get 0) (local.get 1)))
  (func (export "mul64") (param v128 v128) (result v128) (i64x2.mul (local.get 0) (local.get 1)))
)
