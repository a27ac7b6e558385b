;;! description = "compares floats so that a NaN is unordered and the zeros are equal"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const 1) (f64.const 2)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const 2) (f64.const 1)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const -0) (f64.const 0)"
;;! returns = "(i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const nan) (f64.const nan)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const nan) (f64.const inf)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const -inf) (f64.const -0x1.fffffffffffffp+1023)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "compare"
;;! args = "(f64.const 0x1p-1074) (f64.const 0)"
;;! returns = "(i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "not_less"
;;! args = "(f32.const nan) (f32.const 1)"
;;! returns = "(i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "not_less"
;;! args = "(f32.const 1) (f32.const 1)"
;;! returns = "(i32.const 1) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "branch"
;;! args = "(f32.const nan)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "branch"
;;! args = "(f32.const -0)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "branch"
;;! args = "(f32.const -0x1p-149)"
;;! returns = "(i32.const 1)"

;; In turn eq, ne, lt, gt, le, ge. "Not less" and "greater or equal" differ for
;; a NaN, and a branch on a comparison must not be inverted carelessly.
(module
  (func (export "compare") (param $a f64) (param $b f64) (result i32 i32 i32 i32 i32 i32)
    (f64.eq (local.get $a) (local.get $b))
    (f64.ne (local.get $a) (local.get $b))
    (f64.lt (local.get $a) (local.get $b))
    (f64.gt (local.get $a) (local.get $b))
    (f64.le (local.get $a) (local.get $b))
    (f64.ge (local.get $a) (local.get $b)))

  (func (export "not_less") (param $a f32) (param $b f32) (result i32 i32)
    (i32.eqz (f32.lt (local.get $a) (local.get $b)))
    (f32.ge (local.get $a) (local.get $b)))

  ;; 1 below zero, 2 from zero up, 3 neither
  (func (export "branch") (param $a f32) (result i32)
    (block $not_below
      (br_if $not_below (i32.eqz (f32.lt (local.get $a) (f32.const 0))))
      (return (i32.const 1)))
    (if (f32.ge (local.get $a) (f32.const 0)) (then (return (i32.const 2))))
    (i32.const 3))
)
