;;! description = "loads and stores at every distance from alignment, by neighbouring threads"
;;!
;;! # 16: words that begin 3 bytes apart, from odd places to others.
;;! [[check]]
;;! launch = "copy16"
;;! blocks = [2]
;;! threads = [40]
;;! args = "(i32.const 1) (i32.const 0x1001)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 256, start = 0x03020100, step = 0x11335577 } },
;;!   { at = 0x1000, i32-range = { count = 256, start = -1, step = 0 } },
;;! ]
;;!
;;! # Only the bytes between the words were left out.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 3) (i32.const 80)"
;;! returns = "(i32.const 0)"
;;!
;;! # 32: words that begin 5 bytes apart, from odd places to others.
;;! [[check]]
;;! launch = "copy32"
;;! blocks = [2]
;;! threads = [40]
;;! args = "(i32.const 1) (i32.const 0x1001)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 256, start = 0x03020100, step = 0x11335577 } },
;;!   { at = 0x1000, i32-range = { count = 256, start = -1, step = 0 } },
;;! ]
;;!
;;! # Only the bytes between the words were left out.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 5) (i32.const 80)"
;;! returns = "(i32.const 0)"
;;!
;;! # f32: words that begin 5 bytes apart, from odd places to others.
;;! [[check]]
;;! launch = "copyf32"
;;! blocks = [2]
;;! threads = [40]
;;! args = "(i32.const 1) (i32.const 0x1001)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 256, start = 0x03020100, step = 0x11335577 } },
;;!   { at = 0x1000, i32-range = { count = 256, start = -1, step = 0 } },
;;! ]
;;!
;;! # Only the bytes between the words were left out.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 5) (i32.const 80)"
;;! returns = "(i32.const 0)"
;;!
;;! # 64: words that begin 9 bytes apart, from odd places to others.
;;! [[check]]
;;! launch = "copy64"
;;! blocks = [2]
;;! threads = [40]
;;! args = "(i32.const 1) (i32.const 0x1001)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 256, start = 0x03020100, step = 0x11335577 } },
;;!   { at = 0x1000, i32-range = { count = 256, start = -1, step = 0 } },
;;! ]
;;!
;;! # Only the bytes between the words were left out.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 9) (i32.const 80)"
;;! returns = "(i32.const 0)"
;;!
;;! # f64: words that begin 9 bytes apart, from odd places to others.
;;! [[check]]
;;! launch = "copyf64"
;;! blocks = [2]
;;! threads = [40]
;;! args = "(i32.const 1) (i32.const 0x1001)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 256, start = 0x03020100, step = 0x11335577 } },
;;!   { at = 0x1000, i32-range = { count = 256, start = -1, step = 0 } },
;;! ]
;;!
;;! # Only the bytes between the words were left out.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 9) (i32.const 80)"
;;! returns = "(i32.const 0)"

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (func (export "copy16") (param $from i32) (param $to i32) (local $at i32)
    (local.set $at (i32.mul (call $id) (i32.const 3)))
    (i32.store16 (i32.add (local.get $to) (local.get $at))
      (i32.load16_u (i32.add (local.get $from) (local.get $at)))))
  (func (export "copy32") (param $from i32) (param $to i32) (local $at i32)
    (local.set $at (i32.mul (call $id) (i32.const 5)))
    (i32.store (i32.add (local.get $to) (local.get $at))
      (i32.load (i32.add (local.get $from) (local.get $at)))))
  (func (export "copyf32") (param $from i32) (param $to i32) (local $at i32)
    (local.set $at (i32.mul (call $id) (i32.const 5)))
    (f32.store (i32.add (local.get $to) (local.get $at))
      (f32.load (i32.add (local.get $from) (local.get $at)))))
  (func (export "copy64") (param $from i32) (param $to i32) (local $at i32)
    (local.set $at (i32.mul (call $id) (i32.const 9)))
    (i64.store (i32.add (local.get $to) (local.get $at))
      (i64.load (i32.add (local.get $from) (local.get $at)))))
  (func (export "copyf64") (param $from i32) (param $to i32) (local $at i32)
    (local.set $at (i32.mul (call $id) (i32.const 9)))
    (f64.store (i32.add (local.get $to) (local.get $at))
      (f64.load (i32.add (local.get $from) (local.get $at)))))
  ;; How many bytes behind 0x1001 are not those behind 1, or where each word of
  ;; stride - 1 bytes ends, not as they were.
  (func (export "wrong") (param $stride i32) (param $words i32) (result i32)
    (local $i i32) (local $wrong i32)
    (loop $next
      (local.set $wrong
        (i32.add (local.get $wrong)
          (i32.ne
            (i32.load8_u offset=0x1001 (local.get $i))
            (if (result i32)
              (i32.eq
                (i32.rem_u (local.get $i) (local.get $stride))
                (i32.sub (local.get $stride) (i32.const 1)))
              (then (i32.const 255))
              (else (i32.load8_u offset=1 (local.get $i)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next
        (i32.lt_u (local.get $i) (i32.mul (local.get $stride) (local.get $words)))))
    (local.get $wrong)))
