;;! description = "draws the Mandelbrot set as text, one character per point by the step at which it escapes"
;;!
;;! [[check]]
;;! call = "draw"
;;! args = "(i32.const 64) (i32.const 25)"
;;! golden = "mandelbrot.txt"
;;!
;;! [[check]]
;;! call = "steps"
;;! args = "(f64.const 0) (f64.const 0)"
;;! returns = "(i32.const 100)"
;;!
;;! [[check]]
;;! call = "steps"
;;! args = "(f64.const 2) (f64.const 2)"
;;! returns = "(i32.const 1)"

;; x starts at -2.25 and advances by 3/64: all coordinates are dyadic
;; fractions, and every operation is a single IEEE one, so the picture is the
;; same everywhere, to the last character.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) " .,:;-~+=*oO#%&@")

  ;; the number of steps until |z| > 2, at most 100
  (func $steps (export "steps") (param $cx f64) (param $cy f64) (result i32)
    (local $x f64) (local $y f64) (local $xx f64) (local $yy f64) (local $n i32)
    (block $escaped
      (loop $again
        (local.set $xx (f64.mul (local.get $x) (local.get $x)))
        (local.set $yy (f64.mul (local.get $y) (local.get $y)))
        (br_if $escaped (f64.gt (f64.add (local.get $xx) (local.get $yy)) (f64.const 4)))
        (local.set $y
          (f64.add
            (f64.mul (f64.mul (f64.const 2) (local.get $x)) (local.get $y))
            (local.get $cy)))
        (local.set $x (f64.add (f64.sub (local.get $xx) (local.get $yy)) (local.get $cx)))
        (br_if $again
          (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100)))))
    (local.get $n))

  ;; returns where the text lies and its length
  (func (export "draw") (param $w i32) (param $h i32) (result i32 i32)
    (local $x i32) (local $y i32) (local $n i32) (local $p i32)
    (local.set $p (i32.const 1024))
    (loop $rows
      (local.set $x (i32.const 0))
      (loop $cols
        (local.set $n
          (call $steps
            ;; -2.25 + 3 x / 64
            (f64.add (f64.const -2.25)
              (f64.mul (f64.convert_i32_u (local.get $x)) (f64.const 0x3p-6)))
            ;; (y - 12) / 10 would round; 13/128 does not
            (f64.mul
              (f64.convert_i32_s (i32.sub (local.get $y) (i32.const 12)))
              (f64.const 0xdp-7))))
        (i32.store8 (local.get $p)
          (i32.load8_u
            (select (i32.const 15)
              (select (local.get $n) (i32.const 14) (i32.lt_u (local.get $n) (i32.const 14)))
              (i32.eq (local.get $n) (i32.const 100)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $cols (i32.lt_u (local.get $x) (local.get $w))))
      (i32.store8 (local.get $p) (i32.const 10))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $y) (local.get $h))))
    (i32.const 1024)
    (i32.sub (local.get $p) (i32.const 1024)))
)
