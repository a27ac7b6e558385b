;;! description = "reduces vectors to booleans and masks, and finds the length of a string with them"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "masks"
;;! args = "(v128.const i8x16 -1 0 -128 127 0 0 0 0 0 0 0 0 0 0 0 -1)"
;;! returns = "(i32.const 0x8005) (i32.const 0x80) (i32.const 0x8) (i32.const 0x2)"
;;!
;;! [[check]]
;;! call = "all"
;;! args = "(v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)"
;;! returns = "(i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "all"
;;! args = "(v128.const i8x16 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "all"
;;! args = "(v128.const i8x16 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 0)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "all"
;;! args = "(v128.const i8x16 0 2 0 2 0 2 0 2 0 2 0 2 0 2 0 2)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "any"
;;! args = "(v128.const i64x2 0 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "any"
;;! args = "(v128.const i64x2 0 0x100000000)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "strlen"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "strlen"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 13)"
;;!
;;! [[check]]
;;! call = "strlen"
;;! args = "(i32.const 16)"
;;! returns = "(i32.const 37)"
;;!
;;! [[check]]
;;! call = "strlen"
;;! args = "(i32.const 18)"
;;! returns = "(i32.const 35)"
;;!
;;! [[check]]
;;! call = "bitselect"
;;! args = "(v128.const i32x4 -1 -1 -1 -1) (v128.const i32x4 0 0 0 0) (v128.const i32x4 0xff00ff00 0 -1 1)"
;;! returns = "(v128.const i32x4 0xff00ff00 0 -1 1)"

;; A bitmask holds the sign bits of the lanes; what any_true sees is all 128
;; bits. strlen compares sixteen bytes at once and counts trailing zeros.
(module
  (memory 1)
  (data (i32.const 0) "\00Hello, World!\00")
  (data (i32.const 16) "the second string spans three vectors\00tail")
  (func (export "masks") (param v128) (result i32 i32 i32 i32)
    (i8x16.bitmask (local.get 0))
    (i16x8.bitmask (local.get 0))
    (i32x4.bitmask (local.get 0))
    (i64x2.bitmask (local.get 0)))
  (func (export "all") (param v128) (result i32 i32 i32 i32)
    (i8x16.all_true (local.get 0))
    (i16x8.all_true (local.get 0))
    (i32x4.all_true (local.get 0))
    (i64x2.all_true (local.get 0)))
  (func (export "any") (param v128) (result i32) (v128.any_true (local.get 0)))
  (func (export "bitselect") (param v128 v128 v128) (result v128)
    (v128.bitselect (local.get 0) (local.get 1) (local.get 2)))
  (func (export "strlen") (param $s i32) (result i32)
    (local $p i32) (local $mask i32)
    (local.set $p (local.get $s))
    (loop $next
      (local.set $mask
        (i8x16.bitmask (i8x16.eq (v128.load (local.get $p)) (v128.const i64x2 0 0))))
      (if (i32.eqz (local.get $mask))
        (then
          (local.set $p (i32.add (local.get $p) (i32.const 16)))
          (br $next))))
    (i32.sub
      (i32.add (local.get $p) (i32.ctz (local.get $mask)))
      (local.get $s)))
)
