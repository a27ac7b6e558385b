;;! description = "extends 8, 16 and 32 bit values by sign or zero, and wraps them again"
;;!
;;! [[check]]
;;! call = "in32"
;;! args = "(i32.const 0x80)"
;;! returns = "(i32.const -128) (i32.const 128)"
;;!
;;! [[check]]
;;! call = "in32"
;;! args = "(i32.const 0x7f8f7f)"
;;! returns = "(i32.const 127) (i32.const 0xffff8f7f)"
;;!
;;! [[check]]
;;! call = "in32"
;;! args = "(i32.const 0xffffff00)"
;;! returns = "(i32.const 0) (i32.const -256)"
;;!
;;! [[check]]
;;! call = "in64"
;;! args = "(i64.const 0x1234567880)"
;;! returns = "(i64.const -128) (i64.const 0x7880) (i64.const 0x34567880)"
;;!
;;! [[check]]
;;! call = "in64"
;;! args = "(i64.const 0xff80000000)"
;;! returns = "(i64.const 0) (i64.const 0) (i64.const -2147483648)"
;;!
;;! [[check]]
;;! call = "in64"
;;! args = "(i64.const 0x17fff8000)"
;;! returns = "(i64.const 0) (i64.const -32768) (i64.const 0x7fff8000)"
;;!
;;! [[check]]
;;! call = "widen"
;;! args = "(i32.const -1)"
;;! returns = "(i64.const -1) (i64.const 0xffffffff)"
;;!
;;! [[check]]
;;! call = "widen"
;;! args = "(i32.const 0x7fffffff)"
;;! returns = "(i64.const 0x7fffffff) (i64.const 0x7fffffff)"
;;!
;;! [[check]]
;;! call = "wrap"
;;! args = "(i64.const 0xfedcba9876543210)"
;;! returns = "(i32.const 0x76543210)"
;;!
;;! [[check]]
;;! call = "wrap"
;;! args = "(i64.const 0x1ffffffff)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "round_trip"
;;! args = "(i32.const 0x80000000)"
;;! returns = "(i32.const 0x80000000) (i32.const 1) (i32.const 0)"

;; The upper bits of the operand must be ignored, not only assumed to be zero.
(module
  (func (export "in32") (param i32) (result i32 i32)
    (i32.extend8_s (local.get 0))
    (i32.extend16_s (local.get 0)))
  (func (export "in64") (param i64) (result i64 i64 i64)
    (i64.extend8_s (local.get 0))
    (i64.extend16_s (local.get 0))
    (i64.extend32_s (local.get 0)))
  (func (export "widen") (param i32) (result i64 i64)
    (i64.extend_i32_s (local.get 0))
    (i64.extend_i32_u (local.get 0)))
  (func (export "wrap") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))

  ;; the upper half of a register may hold anything after a wrap: is an i32
  ;; compared and extended by its lower half alone?
  (func (export "round_trip") (param i32) (result i32 i32 i32)
    (local $w i32)
    (local.set $w
      (i32.wrap_i64
        (i64.add (i64.extend_i32_u (local.get 0)) (i64.const 0x7777777700000000))))
    (local.get $w)
    (i32.eq (local.get $w) (local.get 0))
    (i64.ne (i64.extend_i32_u (local.get $w)) (i64.extend_i32_u (local.get 0))))
)
