;;! description = "picks bytes by constant and by computed index, where an index too large gives zero"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "swizzle"
;;! args = "(v128.const i8x16 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115) (v128.const i8x16 0 15 16 255 7 7 128 3 17 31 2 1 240 14 13 8)"
;;! returns = "(v128.const i8x16 100 115 0 0 107 107 0 103 0 0 102 101 0 114 113 108)"
;;!
;;! [[check]]
;;! call = "reverse"
;;! args = "(v128.const i8x16 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115)"
;;! returns = "(v128.const i8x16 115 114 113 112 111 110 109 108 107 106 105 104 103 102 101 100)"
;;!
;;! [[check]]
;;! call = "interleave"
;;! args = "(v128.const i32x4 1 2 3 4) (v128.const i32x4 5 6 7 8)"
;;! returns = "(v128.const i32x4 1 5 2 6) (v128.const i32x4 3 7 4 8)"
;;!
;;! [[check]]
;;! call = "slide"
;;! args = "(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) (v128.const i8x16 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31)"
;;! returns = "(v128.const i8x16 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)"
;;!
;;! [[check]]
;;! call = "transpose"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15] }]
;;!
;;! [[check]]
;;! call = "lanes"
;;! args = "(v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0x80)"
;;! returns = "(i32.const -128) (i32.const 128)"
;;!
;;! [[check]]
;;! call = "replace"
;;! args = "(v128.const i16x8 1 1 1 1 1 1 1 1) (i32.const 0x1ffff)"
;;! returns = "(v128.const i16x8 1 1 1 0xffff 1 1 1 1)"

;; A 4 x 4 transpose is eight interleaves. Lane accesses extend by sign or zero
;; and truncate what is put in.
(module
  (memory (export "memory") 1)
  (func (export "swizzle") (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func (export "reverse") (param v128) (result v128)
    (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 (local.get 0) (local.get 0)))
  (func $low (param v128 v128) (result v128)
    (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get 0) (local.get 1)))
  (func $high (param v128 v128) (result v128)
    (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get 0) (local.get 1)))
  (func $interleave (export "interleave") (param v128 v128) (result v128 v128)
    (call $low (local.get 0) (local.get 1))
    (call $high (local.get 0) (local.get 1)))
  ;; sixteen bytes from the middle of two vectors
  (func (export "slide") (param v128 v128) (result v128)
    (i8x16.shuffle 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 (local.get 0) (local.get 1)))
  (func (export "transpose")
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (call $interleave (v128.const i32x4 0 1 2 3) (v128.const i32x4 8 9 10 11))
    (local.set $b) (local.set $a)
    (call $interleave (v128.const i32x4 4 5 6 7) (v128.const i32x4 12 13 14 15))
    (local.set $d) (local.set $c)
    (v128.store (i32.const 0) (call $low (local.get $a) (local.get $c)))
    (v128.store (i32.const 16) (call $high (local.get $a) (local.get $c)))
    (v128.store (i32.const 32) (call $low (local.get $b) (local.get $d)))
    (v128.store (i32.const 48) (call $high (local.get $b) (local.get $d))))
  (func (export "lanes") (param v128) (result i32 i32)
    (i8x16.extract_lane_s 15 (local.get 0))
    (i8x16.extract_lane_u 15 (local.get 0)))
  (func (export "replace") (param v128 i32) (result v128)
    (i16x8.replace_lane 3 (local.get 0) (local.get 1)))
)
