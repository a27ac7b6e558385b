;;! description = "computes with denormals instead of flushing them to zero"
;;!
;;! [[check]]
;;! call = "halve32"
;;! args = "(f32.const 0x1p-126)"
;;! returns = "(f32.const 0x1p-127)"
;;!
;;! [[check]]
;;! call = "halve32"
;;! args = "(f32.const 0x1p-149)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "halve32"
;;! args = "(f32.const 0x1.8p-148)"
;;! returns = "(f32.const 0x1p-148)"
;;!
;;! [[check]]
;;! call = "halve64"
;;! args = "(f64.const -0x1p-1074)"
;;! returns = "(f64.const -0)"
;;!
;;! [[check]]
;;! call = "halve64"
;;! args = "(f64.const 0x1.8p-1073)"
;;! returns = "(f64.const 0x1p-1073)"
;;!
;;! [[check]]
;;! call = "halve64"
;;! args = "(f64.const 0x1p-1022)"
;;! returns = "(f64.const 0x1p-1023)"
;;!
;;! [[check]]
;;! call = "mul32"
;;! args = "(f32.const 0x1p-75) (f32.const 0x1p-74)"
;;! returns = "(f32.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "mul32"
;;! args = "(f32.const 0x1p-75) (f32.const 0x1p-75)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "mul32"
;;! args = "(f32.const 0x1.000002p-75) (f32.const 0x1p-75)"
;;! returns = "(f32.const 0x1p-149)"
;;!
;;! [[check]]
;;! call = "sub64"
;;! args = "(f64.const 0x1.0000000000001p-1022) (f64.const 0x1p-1022)"
;;! returns = "(f64.const 0x1p-1074)"
;;!
;;! [[check]]
;;! call = "sqrt64"
;;! args = "(f64.const 0x1p-1074)"
;;! returns = "(f64.const 0x1p-537)"
;;!
;;! [[check]]
;;! call = "smallest"
;;! returns = "(f64.const 0x1p-1074) (i32.const 1075)"

;; Halves of odd multiples of the least number are ties, which go to even.
;; "smallest" halves 1 until nothing is left, and counts.
(module
  (func (export "halve32") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
  (func (export "halve64") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
  (func (export "mul32") (param f32 f32) (result f32) (f32.mul (local.get 0) (local.get 1)))
  (func (export "sub64") (param f64 f64) (result f64) (f64.sub (local.get 0) (local.get 1)))
  (func (export "sqrt64") (param f64) (result f64) (f64.sqrt (local.get 0)))

  (func (export "smallest") (result f64 i32)
    (local $x f64) (local $last f64) (local $n i32)
    (local.set $x (f64.const 1))
    (loop $again
      (local.set $last (local.get $x))
      (local.set $x (f64.div (local.get $x) (f64.const 2)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $again (f64.gt (local.get $x) (f64.const 0))))
    (local.get $last) (local.get $n))
)
