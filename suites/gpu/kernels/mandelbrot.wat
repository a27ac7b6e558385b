;;! description = "how many steps points of a plane take to leave it, in 64-bit floats"
;;!
;;! # 24 x 10 points, at most 60 steps each. What is wanted was counted by a
;;! # program in another language.
;;! [[check]]
;;! launch = "escape"
;;! blocks = [4, 3]
;;! threads = [7, 4]
;;! args = "(i32.const 24) (i32.const 10) (i32.const 60)"
;;! returns = ""
;;! memory = [
;;!   { at = 0, i32 = [
;;!     1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2,
;;!     1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6, 13, 60, 4, 4, 3, 2, 2, 2, 2,
;;!     1, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6, 7, 22, 60, 34, 7, 5, 4, 3, 3, 2, 2,
;;!     1, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 12, 60, 60, 60, 60, 60, 60, 60, 9, 5, 3, 3, 3,
;;!     1, 4, 4, 4, 5, 6, 9, 60, 60, 24, 13, 60, 60, 60, 60, 60, 60, 60, 60, 60, 5, 4, 3, 3,
;;!     60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 7, 5, 4, 3, 3,
;;!     1, 4, 4, 4, 5, 6, 9, 60, 60, 24, 13, 60, 60, 60, 60, 60, 60, 60, 60, 60, 5, 4, 3, 3,
;;!     1, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 12, 60, 60, 60, 60, 60, 60, 60, 9, 5, 3, 3, 3,
;;!     1, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6, 7, 22, 60, 34, 7, 5, 4, 3, 3, 2, 2,
;;!     1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6, 13, 60, 4, 4, 3, 2, 2, 2, 2,
;;!   ] },
;;! ]
;;!
;;! # From 0 and from -2 nothing ever leaves.
;;! [[check]]
;;! launch = "escape"
;;! blocks = [24]
;;! threads = [1, 10]
;;! args = "(i32.const 24) (i32.const 10) (i32.const 3000)"
;;! returns = ""
;;! memory = [{ at = 544, i32 = [3000] }]

(module
  (import "gpu" "global_id_x" (func $x (result i32)))
  (import "gpu" "global_id_y" (func $y (result i32)))
  (memory (export "memory") 1)
  ;; c is -2 + x / 8 and -1.25 + y / 4.
  (func (export "escape") (param $width i32) (param $height i32) (param $most i32)
    (local $n i32) (local $cr f64) (local $ci f64) (local $r f64) (local $i f64) (local $next f64)
    (if (i32.or
          (i32.ge_u (call $x) (local.get $width))
          (i32.ge_u (call $y) (local.get $height)))
      (then (return)))
    (local.set $cr
      (f64.add (f64.const -2) (f64.mul (f64.convert_i32_u (call $x)) (f64.const 0.125))))
    (local.set $ci
      (f64.add (f64.const -1.25) (f64.mul (f64.convert_i32_u (call $y)) (f64.const 0.25))))
    (block $left
      (loop $steps
        (br_if $left (i32.ge_u (local.get $n) (local.get $most)))
        (br_if $left
          (i32.eqz
            (f64.le
              (f64.add
                (f64.mul (local.get $r) (local.get $r))
                (f64.mul (local.get $i) (local.get $i)))
              (f64.const 4))))
        (local.set $next
          (f64.add
            (f64.sub
              (f64.mul (local.get $r) (local.get $r))
              (f64.mul (local.get $i) (local.get $i)))
            (local.get $cr)))
        (local.set $i
          (f64.add
            (f64.mul (f64.mul (f64.const 2) (local.get $r)) (local.get $i))
            (local.get $ci)))
        (local.set $r (local.get $next))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $steps)))
    (i32.store
      (i32.shl (i32.add (i32.mul (call $y) (local.get $width)) (call $x)) (i32.const 2))
      (local.get $n))))
