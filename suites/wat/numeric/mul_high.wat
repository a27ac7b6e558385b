;;! description = "builds the upper half of 64 by 64 bit products out of 32-bit limbs, unsigned and signed"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0xffffffffffffffff) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x1) (i64.const 0xfffffffffffffffe) (i64.const 0x0)"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0x8000000000000000) (i64.const 0x8000000000000000)"
;;! returns = "(i64.const 0x0) (i64.const 0x4000000000000000) (i64.const 0x4000000000000000)"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0x123456789abcdef0) (i64.const 0xfedcba9876543210)"
;;! returns = "(i64.const 0x236d88fe5618cf00) (i64.const 0x121fa00ad77d7422) (i64.const 0xffeb49923cc09532)"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0xffffffffffffffff) (i64.const 0x2)"
;;! returns = "(i64.const 0xfffffffffffffffe) (i64.const 0x1) (i64.const 0xffffffffffffffff)"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0x7fffffffffffffff) (i64.const 0x7fffffffffffffff)"
;;! returns = "(i64.const 0x1) (i64.const 0x3fffffffffffffff) (i64.const 0x3fffffffffffffff)"
;;!
;;! [[check]]
;;! call = "mul_wide"
;;! args = "(i64.const 0x8000000000000000) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x8000000000000000) (i64.const 0x7fffffffffffffff) (i64.const 0x0)"

;; Four partial products with carries: the sum of the middle ones needs more
;; than 64 bits unless it is taken in two steps. The signed upper half is the
;; unsigned one less b if a is negative, less a if b is.
(module
  ;; low half, upper half unsigned, upper half signed
  (func (export "mul_wide") (param $a i64) (param $b i64) (result i64 i64 i64)
    (local $al i64) (local $ah i64) (local $bl i64) (local $bh i64)
    (local $mid i64) (local $cross i64) (local $high i64)
    (local.set $al (i64.and (local.get $a) (i64.const 0xffffffff)))
    (local.set $ah (i64.shr_u (local.get $a) (i64.const 32)))
    (local.set $bl (i64.and (local.get $b) (i64.const 0xffffffff)))
    (local.set $bh (i64.shr_u (local.get $b) (i64.const 32)))
    ;; mid = ah bl + (al bl >> 32), cross = al bh + the lower half of mid
    (local.set $mid
      (i64.add
        (i64.mul (local.get $ah) (local.get $bl))
        (i64.shr_u (i64.mul (local.get $al) (local.get $bl)) (i64.const 32))))
    (local.set $cross
      (i64.add
        (i64.mul (local.get $al) (local.get $bh))
        (i64.and (local.get $mid) (i64.const 0xffffffff))))
    (local.set $high
      (i64.add
        (i64.mul (local.get $ah) (local.get $bh))
        (i64.add
          (i64.shr_u (local.get $mid) (i64.const 32))
          (i64.shr_u (local.get $cross) (i64.const 32)))))
    (i64.mul (local.get $a) (local.get $b))
    (local.get $high)
    (i64.sub
      (i64.sub (local.get $high)
        (i64.and (local.get $b) (i64.shr_s (local.get $a) (i64.const 63))))
      (i64.and (local.get $a) (i64.shr_s (local.get $b) (i64.const 63)))))
)
