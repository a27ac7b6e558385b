;;! description = "clamps at the ends of the lane range: sums, differences, narrowing, averages, rounded products"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "add_s"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127) (v128.const i8x16 1 -1 100 -100 0 -1 -1 127 -128 77 -77 63 -65 -3 3 -128)"
;;! returns = "(v128.const i8x16 127 -128 127 -128 0 -2 0 127 -128 127 -127 127 -128 0 0 -1)"
;;!
;;! [[check]]
;;! call = "add_u"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127) (v128.const i8x16 1 -1 100 -100 0 -1 -1 127 -128 77 -77 63 -65 -3 3 -128)"
;;! returns = "(v128.const i8x16 128 255 200 255 0 255 255 254 255 127 255 127 255 255 255 255)"
;;!
;;! [[check]]
;;! call = "sub_s"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127) (v128.const i8x16 1 -1 100 -100 0 -1 -1 127 -128 77 -77 63 -65 -3 3 -128)"
;;! returns = "(v128.const i8x16 126 -127 0 0 0 0 2 0 0 -27 27 1 1 6 -6 127)"
;;!
;;! [[check]]
;;! call = "sub_u"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127) (v128.const i8x16 1 -1 100 -100 0 -1 -1 127 -128 77 -77 63 -65 -3 3 -128)"
;;! returns = "(v128.const i8x16 126 0 0 0 0 0 0 0 0 0 27 1 1 0 250 0)"
;;!
;;! [[check]]
;;! call = "narrow_s"
;;! args = "(v128.const i16x8 32767 -32768 300 -300 127 128 -128 -129) (v128.const i16x8 -32768 -32768 255 256 0 -1 32767 1)"
;;! returns = "(v128.const i8x16 127 -128 127 -128 127 127 -128 -128 -128 -128 127 127 0 -1 127 1)"
;;!
;;! [[check]]
;;! call = "narrow_u"
;;! args = "(v128.const i16x8 32767 -32768 300 -300 127 128 -128 -129) (v128.const i16x8 -32768 -32768 255 256 0 -1 32767 1)"
;;! returns = "(v128.const i8x16 255 0 255 0 127 128 0 0 0 0 255 255 0 0 255 1)"
;;!
;;! [[check]]
;;! call = "average"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127) (v128.const i8x16 1 -1 100 -100 0 -1 -1 127 -128 77 -77 63 -65 -3 3 -128)"
;;! returns = "(v128.const i8x16 64 192 100 156 0 255 128 127 128 64 193 64 192 128 128 128)"
;;!
;;! [[check]]
;;! call = "q15"
;;! args = "(v128.const i16x8 32767 -32768 300 -300 127 128 -128 -129) (v128.const i16x8 -32768 -32768 255 256 0 -1 32767 1)"
;;! returns = "(v128.const i16x8 -32767 32767 2 -2 0 0 -128 0)"
;;!
;;! [[check]]
;;! call = "abs"
;;! args = "(v128.const i8x16 127 -128 100 -100 0 -1 1 127 -128 50 -50 64 -64 3 -3 127)"
;;! returns = "(v128.const i8x16 127 128 100 100 0 1 1 127 128 50 50 64 64 3 3 127)"

;; Narrowing reads its operand as signed even where the result is unsigned, so
;; -1 becomes 0. abs does not saturate: of -128 it is -128. In Q15, -1 times -1
;; would be 1, the one product that has to be clamped.
(module
  (func (export "add_s") (param v128 v128) (result v128) (i8x16.add_sat_s (local.get 0) (local.get 1)))
  (func (export "add_u") (param v128 v128) (result v128) (i8x16.add_sat_u (local.get 0) (local.get 1)))
  (func (export "sub_s") (param v128 v128) (result v128) (i8x16.sub_sat_s (local.get 0) (local.get 1)))
  (func (export "sub_u") (param v128 v128) (result v128) (i8x16.sub_sat_u (local.get 0) (local.get 1)))
  (func (export "narrow_s") (param v128 v128) (result v128) (i8x16.narrow_i16x8_s (local.get 0) (local.get 1)))
  (func (export "narrow_u") (param v128 v128) (result v128) (i8x16.narrow_i16x8_u (local.get 0) (local.get 1)))
  (func (export "average") (param v128 v128) (result v128) (i8x16.avgr_u (local.get 0) (local.get 1)))
  (func (export "q15") (param v128 v128) (result v128) (i16x8.q15mulr_sat_s (local.get 0) (local.get 1)))
  (func (export "abs") (param v128) (result v128) (i8x16.abs (local.get 0)))
)
