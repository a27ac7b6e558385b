;;! description = "divisions and conversions that trap, in one thread of many; the others go on"
;;!
;;! # Thread 70 is given the first operands, all others divide 100 by 10.
;;!
;;! [[check]]
;;! launch = "i32.div_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i32.div_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const -2147483648) (i32.const -1)"
;;! traps = "integer overflow"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i32.div_u"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i32.rem_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i32.rem_u"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const 7) (i32.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i64.div_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const 7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i64.div_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const -9223372036854775808) (i64.const -1)"
;;! traps = "integer overflow"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i64.div_u"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const 7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i64.rem_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const 7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! [[check]]
;;! launch = "i64.rem_u"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const 7) (i64.const 0)"
;;! traps = "integer divide by zero"
;;! thread = 70
;;! write = [{ at = 0, i32-range = { count = 144, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 70, start = 1, step = 0 } },
;;!   { at = 280, i32 = [0] },
;;!   { at = 284, i32-range = { count = 73, start = 1, step = 0 } },
;;! ]
;;!
;;! # No trap: the remainder of the least number by -1 is 0, as the others' is.
;;! [[check]]
;;! launch = "i32.rem_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i32.const -2147483648) (i32.const -1)"
;;! returns = ""
;;! memory = [{ at = 280, i32 = [1] }]
;;!
;;! # No trap: the remainder of the least number by -1 is 0, as the others' is.
;;! [[check]]
;;! launch = "i64.rem_s"
;;! blocks = [3]
;;! threads = [48]
;;! args = "(i64.const -9223372036854775808) (i64.const -1)"
;;! returns = ""
;;! memory = [{ at = 280, i32 = [1] }]
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const 2147483648)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -2147483904)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const 4294967296)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -1)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const 2147483648)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -2147483649)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const 4294967296)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i32.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -1)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const 9223372036854775808)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_s"
;;! threads = [96]
;;! args = "(f32.const -9223373136366403584)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const 18446744073709551616)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f32_u"
;;! threads = [96]
;;! args = "(f32.const -1)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const 9223372036854775808)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_s"
;;! threads = [96]
;;! args = "(f64.const -9223372036854777856)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const nan)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -nan:0x1)"
;;! traps = "invalid conversion to integer"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -inf)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const 18446744073709551616)"
;;! traps = "integer overflow"
;;! thread = 70
;;!
;;! [[check]]
;;! launch = "i64.trunc_f64_u"
;;! threads = [96]
;;! args = "(f64.const -1)"
;;! traps = "integer overflow"
;;! thread = 70

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  ;; Writes down whether this thread has the right result.
  (func $done (param i32)
    (i32.store (i32.shl (call $id) (i32.const 2)) (local.get 0)))
  (func (export "i32.div_s") (param i32 i32)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i32.const 100)) (local.set 1 (i32.const 10))))
    (call $done (i32.eq (i32.div_s (local.get 0) (local.get 1)) (i32.const 10))))
  (func (export "i32.div_u") (param i32 i32)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i32.const 100)) (local.set 1 (i32.const 10))))
    (call $done (i32.eq (i32.div_u (local.get 0) (local.get 1)) (i32.const 10))))
  (func (export "i32.rem_s") (param i32 i32)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i32.const 100)) (local.set 1 (i32.const 10))))
    (call $done (i32.eq (i32.rem_s (local.get 0) (local.get 1)) (i32.const 0))))
  (func (export "i32.rem_u") (param i32 i32)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i32.const 100)) (local.set 1 (i32.const 10))))
    (call $done (i32.eq (i32.rem_u (local.get 0) (local.get 1)) (i32.const 0))))
  (func (export "i64.div_s") (param i64 i64)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i64.const 100)) (local.set 1 (i64.const 10))))
    (call $done (i64.eq (i64.div_s (local.get 0) (local.get 1)) (i64.const 10))))
  (func (export "i64.div_u") (param i64 i64)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i64.const 100)) (local.set 1 (i64.const 10))))
    (call $done (i64.eq (i64.div_u (local.get 0) (local.get 1)) (i64.const 10))))
  (func (export "i64.rem_s") (param i64 i64)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i64.const 100)) (local.set 1 (i64.const 10))))
    (call $done (i64.eq (i64.rem_s (local.get 0) (local.get 1)) (i64.const 0))))
  (func (export "i64.rem_u") (param i64 i64)
    (if (i32.ne (call $id) (i32.const 70))
      (then (local.set 0 (i64.const 100)) (local.set 1 (i64.const 10))))
    (call $done (i64.eq (i64.rem_u (local.get 0) (local.get 1)) (i64.const 0))))
  (func (export "i32.trunc_f32_s") (param f32)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f32.const 10))))
    (call $done (i32.eq (i32.trunc_f32_s (local.get 0)) (i32.const 10))))
  (func (export "i32.trunc_f32_u") (param f32)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f32.const 10))))
    (call $done (i32.eq (i32.trunc_f32_u (local.get 0)) (i32.const 10))))
  (func (export "i32.trunc_f64_s") (param f64)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f64.const 10))))
    (call $done (i32.eq (i32.trunc_f64_s (local.get 0)) (i32.const 10))))
  (func (export "i32.trunc_f64_u") (param f64)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f64.const 10))))
    (call $done (i32.eq (i32.trunc_f64_u (local.get 0)) (i32.const 10))))
  (func (export "i64.trunc_f32_s") (param f32)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f32.const 10))))
    (call $done (i64.eq (i64.trunc_f32_s (local.get 0)) (i64.const 10))))
  (func (export "i64.trunc_f32_u") (param f32)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f32.const 10))))
    (call $done (i64.eq (i64.trunc_f32_u (local.get 0)) (i64.const 10))))
  (func (export "i64.trunc_f64_s") (param f64)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f64.const 10))))
    (call $done (i64.eq (i64.trunc_f64_s (local.get 0)) (i64.const 10))))
  (func (export "i64.trunc_f64_u") (param f64)
    (if (i32.ne (call $id) (i32.const 70)) (then (local.set 0 (f64.const 10))))
    (call $done (i64.eq (i64.trunc_f64_u (local.get 0)) (i64.const 10)))))
