;;! description = "finds greatest common divisors by remainders, by shifts, and with Bezout coefficients"
;;!
;;! [[check]]
;;! call = "euclid"
;;! args = "(i64.const 1071) (i64.const 462)"
;;! returns = "(i64.const 21)"
;;!
;;! [[check]]
;;! call = "binary"
;;! args = "(i64.const 1071) (i64.const 462)"
;;! returns = "(i64.const 21)"
;;!
;;! [[check]]
;;! call = "euclid"
;;! args = "(i64.const 0xfffffffffffffffe) (i64.const 0x8000000000000000)"
;;! returns = "(i64.const 2)"
;;!
;;! [[check]]
;;! call = "binary"
;;! args = "(i64.const 0xfffffffffffffffe) (i64.const 0x8000000000000000)"
;;! returns = "(i64.const 2)"
;;!
;;! [[check]]
;;! call = "binary"
;;! args = "(i64.const 0) (i64.const 12)"
;;! returns = "(i64.const 12)"
;;!
;;! [[check]]
;;! call = "euclid"
;;! args = "(i64.const 7540113804746346429) (i64.const 4660046610375530309)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "bezout"
;;! args = "(i64.const 240) (i64.const 46)"
;;! returns = "(i64.const 2) (i64.const -9) (i64.const 47)"
;;!
;;! [[check]]
;;! call = "bezout"
;;! args = "(i64.const -240) (i64.const 46)"
;;! returns = "(i64.const 2) (i64.const 9) (i64.const 47)"

;; The arguments of the first two are unsigned (rem_u, and compares as _u):
;; as signed numbers 0xff...fe would be -2. The long check takes two
;; neighbouring Fibonacci numbers, the worst case of Euclid's algorithm.
(module
  (func (export "euclid") (param $a i64) (param $b i64) (result i64)
    (local $t i64)
    (loop $again
      (if (i64.ne (local.get $b) (i64.const 0))
        (then
          (local.set $t (i64.rem_u (local.get $a) (local.get $b)))
          (local.set $a (local.get $b))
          (local.set $b (local.get $t))
          (br $again))))
    (local.get $a))

  (func (export "binary") (param $a i64) (param $b i64) (result i64)
    (local $twos i64) (local $t i64)
    (if (i64.eqz (local.get $a)) (then (return (local.get $b))))
    (if (i64.eqz (local.get $b)) (then (return (local.get $a))))
    (local.set $twos (i64.ctz (i64.or (local.get $a) (local.get $b))))
    (local.set $a (i64.shr_u (local.get $a) (i64.ctz (local.get $a))))
    (loop $again
      (local.set $b (i64.shr_u (local.get $b) (i64.ctz (local.get $b))))
      (if (i64.gt_u (local.get $a) (local.get $b))
        (then
          (local.set $t (local.get $a))
          (local.set $a (local.get $b))
          (local.set $b (local.get $t))))
      (br_if $again
        (i64.ne (i64.const 0)
          (local.tee $b (i64.sub (local.get $b) (local.get $a))))))
    (i64.shl (local.get $a) (local.get $twos)))

  ;; returns gcd, x, y with a x + b y = gcd; the recursion hands back three values
  (func $bezout (export "bezout") (param $a i64) (param $b i64) (result i64 i64 i64)
    (local $x i64) (local $y i64)
    (if (result i64 i64 i64) (i64.eqz (local.get $b))
      (then
        (select (i64.sub (i64.const 0) (local.get $a)) (local.get $a)
          (i64.lt_s (local.get $a) (i64.const 0)))
        (select (i64.const -1) (i64.const 1) (i64.lt_s (local.get $a) (i64.const 0)))
        (i64.const 0))
      (else
        (call $bezout (local.get $b) (i64.rem_s (local.get $a) (local.get $b)))
        (local.set $y)
        (local.set $x)
        (local.get $y)
        (i64.sub (local.get $x)
          (i64.mul (i64.div_s (local.get $a) (local.get $b)) (local.get $y))))))
)
