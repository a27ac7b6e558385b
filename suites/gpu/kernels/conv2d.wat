;;! description = "a filter of 3 x 3 over an image, with zeros around it"
;;!
;;! # By hand: each element and its neighbours of (1 2 3; 4 5 6), all weights 1.
;;! [[check]]
;;! launch = "convolve"
;;! threads = [4, 4]
;;! args = "(i32.const 3) (i32.const 2)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 9, start = 1.0, step = 0.0 } },
;;!   { at = 64, f32-range = { count = 6, start = 1.0, step = 1.0 } },
;;! ]
;;! memory = [{ at = 0x8000, f32 = [12.0, 21.0, 16.0, 12.0, 21.0, 16.0] }]
;;!
;;! # The weight at the upper right moves the image down and to the left.
;;! [[check]]
;;! launch = "convolve"
;;! blocks = [4, 10]
;;! threads = [16, 4]
;;! args = "(i32.const 61) (i32.const 37)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32 = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] },
;;!   { at = 64, f32-range = { count = 2257, start = 1.0, step = 1.0 } },
;;! ]
;;! memory = [
;;!   { at = 0x8000, f32-range = { count = 61, start = 0.0, step = 0.0 } },
;;!   { at = 33_012, f32-range = { count = 60, start = 2.0, step = 1.0 } },
;;!   { at = 33_252, f32 = [0.0] },
;;!   { at = 41_552, f32-range = { count = 60, start = 2137.0, step = 1.0 } },
;;! ]
;;!
;;! # The sum over a ramp is nine times its middle, away from the edges.
;;! [[check]]
;;! launch = "convolve"
;;! blocks = [61, 37]
;;! args = "(i32.const 61) (i32.const 37)"
;;! returns = ""
;;! write = [{ at = 0, f32-range = { count = 9, start = 1.0, step = 0.0 } }]
;;! memory = [{ at = 33_016, f32-range = { count = 59, start = 567.0, step = 9.0 } }]

(module
  (import "gpu" "global_id_x" (func $column (result i32)))
  (import "gpu" "global_id_y" (func $row (result i32)))
  (memory (export "memory") 1)
  ;; The filter is at 0, the image at 64, what becomes of it at 0x8000.
  (func (export "convolve") (param $width i32) (param $height i32)
    (local $dx i32) (local $dy i32) (local $x i32) (local $y i32) (local $sum f32)
    (if (i32.or
          (i32.ge_u (call $column) (local.get $width))
          (i32.ge_u (call $row) (local.get $height)))
      (then (return)))
    (loop $rows
      (local.set $y (i32.add (call $row) (i32.sub (local.get $dy) (i32.const 1))))
      (local.set $dx (i32.const 0))
      (loop $columns
        (local.set $x (i32.add (call $column) (i32.sub (local.get $dx) (i32.const 1))))
        (if (i32.and
              ;; -1 is a large number.
              (i32.lt_u (local.get $x) (local.get $width))
              (i32.lt_u (local.get $y) (local.get $height)))
          (then
            (local.set $sum
              (f32.add (local.get $sum)
                (f32.mul
                  (f32.load
                    (i32.shl
                      (i32.add (i32.mul (local.get $dy) (i32.const 3)) (local.get $dx))
                      (i32.const 2)))
                  (f32.load offset=64
                    (i32.shl
                      (i32.add (i32.mul (local.get $y) (local.get $width)) (local.get $x))
                      (i32.const 2))))))))
        (local.set $dx (i32.add (local.get $dx) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $dx) (i32.const 3))))
      (local.set $dy (i32.add (local.get $dy) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $dy) (i32.const 3))))
    (f32.store offset=0x8000
      (i32.shl
        (i32.add (i32.mul (call $row) (local.get $width)) (call $column))
        (i32.const 2))
      (local.get $sum))))
