;;! description = "leaves and repeats nested loops by label, with values carried out and through the loop"
;;!
;;! [[check]]
;;! call = "find"
;;! args = "(i32.const 91)"
;;! returns = "(i32.const 7) (i32.const 13)"
;;!
;;! [[check]]
;;! call = "find"
;;! args = "(i32.const 401)"
;;! returns = "(i32.const -1) (i32.const -1)"
;;!
;;! [[check]]
;;! call = "skip_outer"
;;! returns = "(i32.const 30)"
;;!
;;! [[check]]
;;! call = "fibonacci"
;;! args = "(i32.const 90)"
;;! returns = "(i64.const 2880067194370816120)"
;;!
;;! [[check]]
;;! call = "fibonacci"
;;! args = "(i32.const 1)"
;;! returns = "(i64.const 1)"
;;!
;;! [[check]]
;;! call = "discards"
;;! returns = "(i32.const 42)"

;; A branch may name any enclosing label: of a block it means the end, of a loop
;; the start, and it carries as many values as the label's type says.
(module
  ;; the first y, x in 2..20 with x * y = n: one branch leaves both loops
  (func (export "find") (param $n i32) (result i32 i32)
    (local $y i32) (local $x i32)
    (block $found (result i32 i32)
      (local.set $y (i32.const 2))
      (loop $rows
        (local.set $x (i32.const 2))
        (loop $cols
          (local.get $y)
          (local.get $x)
          (br_if $found (i32.eq (i32.mul (local.get $x) (local.get $y)) (local.get $n)))
          (drop) (drop) ;; a br_if that is not taken leaves its operands
          (local.set $x (i32.add (local.get $x) (i32.const 1)))
          (br_if $cols (i32.le_u (local.get $x) (i32.const 20))))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br_if $rows (i32.le_u (local.get $y) (i32.const 20))))
      (i32.const -1) (i32.const -1)))

  ;; the inner loop continues the outer one when x reaches y: row y takes y + 1
  ;; visits, which count two each, and the rest of its body is never reached
  (func (export "skip_outer") (result i32)
    (local $y i32) (local $x i32) (local $visits i32)
    (local.set $y (i32.const -1))
    (loop $outer
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (local.set $x (i32.const 0))
      (if (i32.lt_u (local.get $y) (i32.const 5))
        (then
          (loop $inner
            (local.set $visits (i32.add (local.get $visits) (i32.const 2)))
            (br_if $outer (i32.eq (local.get $x) (local.get $y)))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br_if $inner (i32.lt_u (local.get $x) (i32.const 10))))
          (local.set $visits (i32.add (local.get $visits) (i32.const 100))))))
    (local.get $visits))

  ;; the loop's two parameters are its whole state
  (func (export "fibonacci") (param $n i32) (result i64)
    (local $a i64) (local $b i64)
    (i64.const 0) (i64.const 1)
    (loop $next (param i64 i64) (result i64 i64)
      (local.set $b)
      (local.set $a)
      (local.get $b)
      (i64.add (local.get $a) (local.get $b))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (drop))

  ;; a branch drops what lies on the stack below the values it carries
  (func (export "discards") (result i32)
    (block $out (result i32)
      (i32.const 1) (i64.const 2) (f64.const 3)
      (i32.const 42)
      (br $out)))
)
