;;! description = "loads and stores every width, extended by sign or zero, little-endian"
;;!
;;! [[check]]
;;! call = "loads32"
;;! returns = "(i32.const -1) (i32.const 255) (i32.const 0xffff80ff) (i32.const 0x80ff) (i32.const 0x7f0180ff)"
;;!
;;! [[check]]
;;! call = "loads64"
;;! returns = "(i64.const -1) (i64.const 255) (i64.const -32513) (i64.const 0x80ff) (i64.const 0x7f0180ff) (i64.const 0x7f0180ff) (i64.const 0x82fe00107f0180ff)"
;;!
;;! [[check]]
;;! call = "upper"
;;! returns = "(i64.const 0xffffffff82fe0010) (i64.const 0x82fe0010)"
;;!
;;! [[check]]
;;! call = "narrow"
;;! args = "(i64.const 0x1122334455667788)"
;;! returns = ""
;;! memory = [{ at = 32, bytes = "88 cc 88 77 cc cc cc cc 88 77 66 55 cc cc cc cc 88 77 66 55 44 33 22 11 cc" }]
;;!
;;! [[check]]
;;! call = "floats"
;;! returns = "(f32.const 0x1.0301fe0000000p+127) (f64.const -0x1.e00107f0180ffp-976)"

;; The bytes are ff 80 01 7f 10 00 fe 82. Narrow stores keep the lower bytes
;; and leave what lies beside them (0xcc here).
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "\ff\80\01\7f\10\00\fe\82")

  (func (export "loads32") (result i32 i32 i32 i32 i32)
    (i32.load8_s (i32.const 0))
    (i32.load8_u (i32.const 0))
    (i32.load16_s (i32.const 0))
    (i32.load16_u (i32.const 0))
    (i32.load (i32.const 0)))

  (func (export "loads64") (result i64 i64 i64 i64 i64 i64 i64)
    (i64.load8_s (i32.const 0))
    (i64.load8_u (i32.const 0))
    (i64.load16_s (i32.const 0))
    (i64.load16_u (i32.const 0))
    (i64.load32_s (i32.const 0))
    (i64.load32_u (i32.const 0))
    (i64.load (i32.const 0)))

  (func (export "upper") (result i64 i64)
    (i64.load32_s offset=4 (i32.const 0))
    (i64.load32_u (i32.const 4)))

  (func (export "narrow") (param i64)
    (memory.fill (i32.const 32) (i32.const 0xcc) (i32.const 32))
    (i32.store8 (i32.const 32) (i32.wrap_i64 (local.get 0)))
    (i64.store16 (i32.const 34) (local.get 0))
    (i64.store32 (i32.const 40) (local.get 0))
    (i64.store (i32.const 48) (local.get 0)))

  (func (export "floats") (result f32 f64)
    (f32.load (i32.const 0))
    (f64.load (i32.const 0)))
)
