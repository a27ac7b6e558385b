;;! description = "multiplies and sums two f32 vectors four lanes at a time, with a scalar tail"
;;! proposals = ["simd"]
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(i32.const 0) (i32.const 64) (i32.const 11)"
;;! returns = "(f32.const 9)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(i32.const 0) (i32.const 64) (i32.const 8)"
;;! returns = "(f32.const 14)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(i32.const 0) (i32.const 64) (i32.const 3)"
;;! returns = "(f32.const 27)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(i32.const 0) (i32.const 64) (i32.const 0)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "dot"
;;! args = "(i32.const 4) (i32.const 68) (i32.const 10)"
;;! returns = "(f32.const -3)"

;; a[k] = 5 k mod 13 - 6 and b[k] = 3 k mod 7 - 2, small integers: every order
;; of summation gives the same. The horizontal sum takes two shuffles.
(module
  (memory 1)
  (func $init
    (local $k i32)
    (loop $l
      (f32.store (i32.shl (local.get $k) (i32.const 2))
        (f32.convert_i32_s
          (i32.sub (i32.rem_u (i32.mul (local.get $k) (i32.const 5)) (i32.const 13)) (i32.const 6))))
      (f32.store offset=64 (i32.shl (local.get $k) (i32.const 2))
        (f32.convert_i32_s
          (i32.sub (i32.rem_u (i32.mul (local.get $k) (i32.const 3)) (i32.const 7)) (i32.const 2))))
      (br_if $l (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 16)))))
  (start $init)

  (func (export "dot") (param $a i32) (param $b i32) (param $n i32) (result f32)
    (local $acc v128) (local $sum f32)
    (block $tail
      (loop $fours
        (br_if $tail (i32.lt_u (local.get $n) (i32.const 4)))
        (local.set $acc
          (f32x4.add (local.get $acc)
            (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $b)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (local.set $n (i32.sub (local.get $n) (i32.const 4)))
        (br $fours)))
    ;; lanes 0+2 and 1+3, then those two
    (local.set $acc
      (f32x4.add (local.get $acc)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $acc) (local.get $acc))))
    (local.set $sum
      (f32.add
        (f32x4.extract_lane 0 (local.get $acc))
        (f32x4.extract_lane 1 (local.get $acc))))
    (block $done
      (loop $ones
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum
          (f32.add (local.get $sum)
            (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))))
        (local.set $a (i32.add (local.get $a) (i32.const 4)))
        (local.set $b (i32.add (local.get $b) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $ones)))
    (local.get $sum))
)
