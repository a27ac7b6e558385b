;;! description = "computes 200 decimals of pi in integer arithmetic and prints them in rows of 50"
;;! [limits]
;;! fuel = 10000000
;;!
;;! [[check]]
;;! call = "pi"
;;! args = "(i32.const 200)"
;;! golden = "pi_digits.txt"
;;! fuel = { min = 1000000, max = 10000000 }
;;!
;;! [[check]]
;;! call = "pi"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 16384) (i32.const 4)"
;;! memory = [{ at = 16384, text = "3.1\n" }]

;; The spigot of Rabinowitz and Wagon: pi in the mixed radix 1/3, 2/5, 3/7, ...
;; multiplied by ten per digit. A digit of 9 cannot be printed before it is
;; known whether a carry follows, so nines are only counted; the predigit is
;; printed once the next one is no 9. A few more digits than asked for are
;; computed, to settle the last ones.
(module
  (memory (export "memory") 1)
  (global $out (mut i32) (i32.const 0))
  (global $column (mut i32) (i32.const 0))
  (global $wanted (mut i32) (i32.const 0))

  (func $raw (param $c i32)
    (i32.store8 offset=16384 (global.get $out) (local.get $c))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  ;; prints a digit while some are wanted; "3." comes first
  (func $digit (param $d i32)
    (br_if 0 (i32.lt_s (global.get $wanted) (i32.const 0)))
    (call $raw (i32.add (local.get $d) (i32.const 0x30)))
    (if (i32.eq (global.get $column) (i32.const -1))
      (then (call $raw (i32.const 0x2e)))
      (else
        (if (i32.or
              (i32.eq (global.get $column) (i32.const 49))
              (i32.eqz (global.get $wanted)))
          (then
            (call $raw (i32.const 10))
            (global.set $column (i32.const -1))))))
    (global.set $column (i32.add (global.get $column) (i32.const 1)))
    (global.set $wanted (i32.sub (global.get $wanted) (i32.const 1))))

  (func (export "pi") (param $digits i32) (result i32 i32)
    (local $len i32) (local $left i32) (local $i i32) (local $q i32) (local $x i32)
    (local $nines i32) (local $predigit i32) (local $p i32) (local $d i32)
    (global.set $out (i32.const 0))
    (global.set $column (i32.const -1))
    (global.set $wanted (local.get $digits))
    (local.set $left (i32.add (local.get $digits) (i32.const 8)))
    (local.set $len
      (i32.add (i32.div_u (i32.mul (local.get $left) (i32.const 10)) (i32.const 3)) (i32.const 1)))
    (loop $init
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (i32.const 2))
      (br_if $init
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $len))))
    (local.set $predigit (i32.const -1))
    (loop $next
      (local.set $q (i32.const 0))
      (local.set $i (local.get $len))
      (loop $radix
        (local.set $p (i32.shl (i32.sub (local.get $i) (i32.const 1)) (i32.const 2)))
        (local.set $x
          (i32.add
            (i32.mul (i32.load (local.get $p)) (i32.const 10))
            (i32.mul (local.get $q) (local.get $i))))
        (local.set $d (i32.sub (i32.shl (local.get $i) (i32.const 1)) (i32.const 1)))
        ;; the first place has the radix ten
        (if (i32.eq (local.get $i) (i32.const 1)) (then (local.set $d (i32.const 10))))
        (i32.store (local.get $p) (i32.rem_u (local.get $x) (local.get $d)))
        (local.set $q (i32.div_u (local.get $x) (local.get $d)))
        (br_if $radix (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (if (i32.eq (local.get $q) (i32.const 9))
        (then (local.set $nines (i32.add (local.get $nines) (i32.const 1))))
        (else
          ;; a carry turns the nines held back into zeros
          (local.set $x (i32.eq (local.get $q) (i32.const 10)))
          (if (i32.ge_s (local.get $predigit) (i32.const 0))
            (then (call $digit (i32.add (local.get $predigit) (local.get $x)))))
          (block $none
            (loop $held
              (br_if $none (i32.eqz (local.get $nines)))
              (call $digit (select (i32.const 0) (i32.const 9) (local.get $x)))
              (local.set $nines (i32.sub (local.get $nines) (i32.const 1)))
              (br $held)))
          (local.set $predigit (select (i32.const 0) (local.get $q) (local.get $x)))))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i32.const 16384) (global.get $out))
)
