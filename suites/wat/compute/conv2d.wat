;;! description = "slides a 3x3 f32 kernel over a padded 5x5 image with stride 1 and 2"
;;!
;;! [[check]]
;;! call = "conv"
;;! args = "(i32.const 1) (i32.const 0)"
;;! returns = "(i32.const 3)"
;;! memory = [{ at = 512, f32 = [-14.0, -27.5, -41.0, -0.5, -14.0, -27.5, 22.0, 8.5, -5.0] }]
;;!
;;! [[check]]
;;! call = "conv"
;;! args = "(i32.const 1) (i32.const 1)"
;;! returns = "(i32.const 5)"
;;! memory = [{ at = 512, f32 = [-5.0, -20.5, -28.0, -35.5, -1.0, 10.5, -14.0, -27.5, -41.0, -36.5, 33.0, -0.5, -14.0, -27.5, -37.0, 66.5, 22.0, 8.5, -5.0, -32.5, 20.0, 24.5, 17.0, 9.5, -4.0] }]
;;!
;;! [[check]]
;;! call = "conv"
;;! args = "(i32.const 2) (i32.const 1)"
;;! returns = "(i32.const 3)"
;;! memory = [{ at = 512, f32 = [-5.0, -28.0, -1.0, 33.0, -14.0, -37.0, 20.0, 17.0, -4.0] }]

;; The image is image[y][x] = y*y - 3x, the kernel an asymmetric one (so that a
;; flipped kernel or swapped axes would show). Padding reads as zero: the bounds
;; are tested by hand with unsigned compares, which also catch -1.
(module
  (memory (export "memory") 1)
  (global $size i32 (i32.const 5))

  ;; kernel: 1 2 -1 / 0 0.5 0 / -2 1 3
  (data (i32.const 256)
    "\00\00\80\3f\00\00\00\40\00\00\80\bf"
    "\00\00\00\00\00\00\00\3f\00\00\00\00"
    "\00\00\00\c0\00\00\80\3f\00\00\40\40")

  (func $init
    (local $i i32) (local $y i32) (local $x i32)
    (loop $each
      (local.set $y (i32.div_u (local.get $i) (global.get $size)))
      (local.set $x (i32.rem_u (local.get $i) (global.get $size)))
      (f32.store (i32.shl (local.get $i) (i32.const 2))
        (f32.convert_i32_s
          (i32.sub (i32.mul (local.get $y) (local.get $y))
                   (i32.mul (local.get $x) (i32.const 3)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $i) (i32.const 25)))))
  (start $init)

  (func $pixel (param $y i32) (param $x i32) (result f32)
    (if (result f32)
      (i32.and (i32.lt_u (local.get $y) (global.get $size))
               (i32.lt_u (local.get $x) (global.get $size)))
      (then (f32.load
        (i32.shl (i32.add (i32.mul (local.get $y) (global.get $size)) (local.get $x)) (i32.const 2))))
      (else (f32.const 0))))

  ;; returns the side of the square output written at 512
  (func (export "conv") (param $stride i32) (param $pad i32) (result i32)
    (local $side i32) (local $oy i32) (local $ox i32) (local $k i32)
    (local $sum f32) (local $out i32)
    (local.set $side
      (i32.add (i32.const 1)
        (i32.div_u
          (i32.add (i32.sub (global.get $size) (i32.const 3)) (i32.shl (local.get $pad) (i32.const 1)))
          (local.get $stride))))
    (local.set $out (i32.const 512))
    (loop $rows
      (local.set $ox (i32.const 0))
      (loop $cols
        (local.set $sum (f32.const 0))
        (local.set $k (i32.const 0))
        (loop $taps
          (local.set $sum
            (f32.add (local.get $sum)
              (f32.mul
                (f32.load offset=256 (i32.shl (local.get $k) (i32.const 2)))
                (call $pixel
                  (i32.add
                    (i32.sub (i32.mul (local.get $oy) (local.get $stride)) (local.get $pad))
                    (i32.div_u (local.get $k) (i32.const 3)))
                  (i32.add
                    (i32.sub (i32.mul (local.get $ox) (local.get $stride)) (local.get $pad))
                    (i32.rem_u (local.get $k) (i32.const 3)))))))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $taps (i32.lt_u (local.get $k) (i32.const 9))))
        (f32.store (local.get $out) (local.get $sum))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $ox (i32.add (local.get $ox) (i32.const 1)))
        (br_if $cols (i32.lt_u (local.get $ox) (local.get $side))))
      (local.set $oy (i32.add (local.get $oy) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $oy) (local.get $side))))
    (local.get $side))
)
