;;! description = "rounds integers to floats once, halfway cases to even, even from 64 bits to f32"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0x8000008000000000)"
;;! returns = "(f32.const 0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0x8000008000000001)"
;;! returns = "(f32.const 0x1.0000020000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0x8000018000000000)"
;;! returns = "(f32.const 0x1.0000040000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0xffffff7fffffffff)"
;;! returns = "(f32.const 0x1.fffffe0000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0xffffff8000000000)"
;;! returns = "(f32.const 0x1.0000000000000p+64)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0xffffffffffffffff)"
;;! returns = "(f32.const 0x1.0000000000000p+64)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0x1000001)"
;;! returns = "(f32.const 0x1.0000000000000p+24)"
;;!
;;! [[check]]
;;! call = "f32_u64"
;;! args = "(i64.const 0x20000020000001)"
;;! returns = "(f32.const 0x1.0000020000000p+53)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const 9223371761976868863)"
;;! returns = "(f32.const 0x1.fffffe0000000p+62)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const 9223371761976868864)"
;;! returns = "(f32.const 0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const -9223371761976868865)"
;;! returns = "(f32.const -0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const -9223372036854775808)"
;;! returns = "(f32.const -0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const 9007199791611905)"
;;! returns = "(f32.const 0x1.0000020000000p+53)"
;;!
;;! [[check]]
;;! call = "f32_s64"
;;! args = "(i64.const -16777217)"
;;! returns = "(f32.const -0x1.0000000000000p+24)"
;;!
;;! [[check]]
;;! call = "f64_u64"
;;! args = "(i64.const 0x8000000000000400)"
;;! returns = "(f64.const 0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f64_u64"
;;! args = "(i64.const 0x8000000000000401)"
;;! returns = "(f64.const 0x1.0000000000001p+63)"
;;!
;;! [[check]]
;;! call = "f64_u64"
;;! args = "(i64.const 0x8000000000000c00)"
;;! returns = "(f64.const 0x1.0000000000002p+63)"
;;!
;;! [[check]]
;;! call = "f64_u64"
;;! args = "(i64.const 0xfffffffffffffbff)"
;;! returns = "(f64.const 0x1.fffffffffffffp+63)"
;;!
;;! [[check]]
;;! call = "f64_u64"
;;! args = "(i64.const 0xfffffffffffffc00)"
;;! returns = "(f64.const 0x1.0000000000000p+64)"
;;!
;;! [[check]]
;;! call = "f64_s64"
;;! args = "(i64.const 9007199254740993)"
;;! returns = "(f64.const 0x1.0000000000000p+53)"
;;!
;;! [[check]]
;;! call = "f64_s64"
;;! args = "(i64.const -9007199254740995)"
;;! returns = "(f64.const -0x1.0000000000002p+53)"
;;!
;;! [[check]]
;;! call = "f64_s64"
;;! args = "(i64.const 9223372036854775807)"
;;! returns = "(f64.const 0x1.0000000000000p+63)"
;;!
;;! [[check]]
;;! call = "f32_u32"
;;! args = "(i32.const 0xffffff7f)"
;;! returns = "(f32.const 0x1.fffffe0000000p+31)"
;;!
;;! [[check]]
;;! call = "f32_u32"
;;! args = "(i32.const 0xffffff80)"
;;! returns = "(f32.const 0x1.0000000000000p+32)"
;;!
;;! [[check]]
;;! call = "f32_u32"
;;! args = "(i32.const 0x1000001)"
;;! returns = "(f32.const 0x1.0000000000000p+24)"
;;!
;;! [[check]]
;;! call = "f32_u32"
;;! args = "(i32.const 0x1000003)"
;;! returns = "(f32.const 0x1.0000040000000p+24)"
;;!
;;! [[check]]
;;! call = "twice"
;;! args = "(i64.const 0x20000020000001)"
;;! returns = "(f32.const 0x1.0000020000000p+53) (f32.const 0x1.0000000000000p+53)"

;; A conversion by way of f64 rounds twice: 0x20000020000001 loses its last bit
;; on the way to f64, becomes a tie, and goes the wrong way. On machines without
;; unsigned conversion, halving a u64 must keep the lost bit sticky.
(module
  (func $f32_u64 (export "f32_u64") (param i64) (result f32) (f32.convert_i64_u (local.get 0)))
  (func (export "f32_s64") (param i64) (result f32) (f32.convert_i64_s (local.get 0)))
  (func (export "f64_u64") (param i64) (result f64) (f64.convert_i64_u (local.get 0)))
  (func (export "f64_s64") (param i64) (result f64) (f64.convert_i64_s (local.get 0)))
  (func (export "f32_u32") (param i32) (result f32) (f32.convert_i32_u (local.get 0)))
  ;; the right way, and the way through f64
  (func (export "twice") (param i64) (result f32 f32)
    (call $f32_u64 (local.get 0))
    (f32.demote_f64 (f64.convert_i64_u (local.get 0))))
)
