;;! description = "moves bits between floats, integers and memory, signalling NaNs unchanged"
;;!
;;! [[check]]
;;! call = "f32_bits"
;;! args = "(f32.const -0)"
;;! returns = "(i32.const 0x80000000)"
;;!
;;! [[check]]
;;! call = "f32_bits"
;;! args = "(f32.const nan:0x1)"
;;! returns = "(i32.const 0x7f800001)"
;;!
;;! [[check]]
;;! call = "f64_bits"
;;! args = "(f64.const -nan:0xdeadbeef)"
;;! returns = "(i64.const 0xfff00000deadbeef)"
;;!
;;! [[check]]
;;! call = "f32_of"
;;! args = "(i32.const 0xff800001)"
;;! returns = "(f32.const -nan:0x1)"
;;!
;;! [[check]]
;;! call = "f32_of"
;;! args = "(i32.const 1)"
;;! returns = "(f32.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "f64_of"
;;! args = "(i64.const 0x7ff0000000000001)"
;;! returns = "(f64.const nan:0x1)"
;;!
;;! [[check]]
;;! call = "f64_of"
;;! args = "(i64.const 0x0010000000000000)"
;;! returns = "(f64.const 0x1p-1022)"
;;!
;;! [[check]]
;;! call = "through_memory32"
;;! args = "(f32.const nan:0x2aaaaa)"
;;! returns = "(f32.const nan:0x2aaaaa)"
;;! memory = [{ at = 1, bytes = "aa aa aa 7f" }]
;;!
;;! [[check]]
;;! call = "through_memory64"
;;! args = "(f64.const -nan:0x5555555555555)"
;;! returns = "(f64.const -nan:0x5555555555555)"
;;!
;;! [[check]]
;;! call = "literals"
;;! returns = "(i64.const 0x7ff8000000000000) (i64.const 0xfff0000000000001) (i32.const 0x7fc00000)"

;; Loads, stores, locals, globals and constants all must not pass a float
;; through an operation that sets the quiet bit.
(module
  (memory (export "memory") 1)
  (global $g (mut f64) (f64.const 0))
  (func (export "f32_bits") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
  (func (export "f64_bits") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
  (func (export "f32_of") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "f64_of") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))

  (func (export "through_memory32") (param f32) (result f32)
    (f32.store (i32.const 1) (local.get 0)) ;; at an odd address
    (f32.load (i32.const 1)))
  (func (export "through_memory64") (param f64) (result f64)
    (local $l f64)
    (f64.store (i32.const 8) (local.get 0))
    (local.set $l (f64.load (i32.const 8)))
    (global.set $g (local.get $l))
    (global.get $g))
  (func (export "literals") (result i64 i64 i32)
    (i64.reinterpret_f64 (f64.const nan))
    (i64.reinterpret_f64 (f64.const -nan:0x1))
    (i32.reinterpret_f32 (f32.const nan)))
)
