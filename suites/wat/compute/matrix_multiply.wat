;;! description = "multiplies row-major f64 matrices of any shape with three nested loops"
;;!
;;! [[check]]
;;! call = "matmul"
;;! args = "(i32.const 0) (i32.const 64) (i32.const 128) (i32.const 2) (i32.const 3) (i32.const 2)"
;;! returns = ""
;;! memory = [{ at = 128, f64 = [58.0, 64.0, 139.0, 154.0] }]
;;!
;;! [[check]]
;;! call = "square"
;;! args = "(i32.const 24)"
;;! returns = "(f64.const 192329)"
;;! memory = [
;;!   { at = 17408, f64 = [293.0, 283.0, 273.0, 318.0] },
;;!   { at = 22008, f64 = [296.0] },
;;! ]
;;!
;;! [[check]]
;;! call = "square"
;;! args = "(i32.const 1)"
;;! returns = "(f64.const -2)"

;; C[m][p] = A[m][n] * B[n][p]. All entries are small integers, so every sum
;; is exact in f64 and the order of the additions cannot matter.
(module
  (memory (export "memory") 1)

  ;; A = 1 2 3 / 4 5 6      B = 7 8 / 9 10 / 11 12
  (data (i32.const 0)
    "\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\00\40\00\00\00\00\00\00\08\40"
    "\00\00\00\00\00\00\10\40\00\00\00\00\00\00\14\40\00\00\00\00\00\00\18\40")
  (data (i32.const 64)
    "\00\00\00\00\00\00\1c\40\00\00\00\00\00\00\20\40"
    "\00\00\00\00\00\00\22\40\00\00\00\00\00\00\24\40"
    "\00\00\00\00\00\00\26\40\00\00\00\00\00\00\28\40")

  ;; address of element (row, col) of a matrix with $cols columns
  (func $at (param $base i32) (param $cols i32) (param $row i32) (param $col i32) (result i32)
    (i32.add (local.get $base)
      (i32.shl
        (i32.add (i32.mul (local.get $row) (local.get $cols)) (local.get $col))
        (i32.const 3))))

  (func $matmul (export "matmul")
    (param $a i32) (param $b i32) (param $c i32) (param $m i32) (param $n i32) (param $p i32)
    (local $i i32) (local $j i32) (local $k i32) (local $sum f64)
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $cols
        (local.set $sum (f64.const 0))
        (local.set $k (i32.const 0))
        (loop $inner
          (local.set $sum
            (f64.add (local.get $sum)
              (f64.mul
                (f64.load (call $at (local.get $a) (local.get $n) (local.get $i) (local.get $k)))
                (f64.load (call $at (local.get $b) (local.get $p) (local.get $k) (local.get $j))))))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $inner (i32.lt_u (local.get $k) (local.get $n))))
        (f64.store (call $at (local.get $c) (local.get $p) (local.get $i) (local.get $j)) (local.get $sum))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $cols (i32.lt_u (local.get $j) (local.get $p))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $i) (local.get $m)))))

  ;; A[r][c] = (3r + c) mod 7 - 1 at 1024, B[r][c] = (r + 5c) mod 11 + 2 at 9216;
  ;; C goes to 17408; the sum of all its entries is returned
  (func (export "square") (param $n i32) (result f64)
    (local $r i32) (local $c i32) (local $sum f64) (local $p i32)
    (loop $rows
      (local.set $c (i32.const 0))
      (loop $cols
        (f64.store (call $at (i32.const 1024) (local.get $n) (local.get $r) (local.get $c))
          (f64.convert_i32_s
            (i32.sub
              (i32.rem_u (i32.add (i32.mul (local.get $r) (i32.const 3)) (local.get $c)) (i32.const 7))
              (i32.const 1))))
        (f64.store (call $at (i32.const 9216) (local.get $n) (local.get $r) (local.get $c))
          (f64.convert_i32_s
            (i32.add
              (i32.rem_u (i32.add (i32.mul (local.get $c) (i32.const 5)) (local.get $r)) (i32.const 11))
              (i32.const 2))))
        (local.set $c (i32.add (local.get $c) (i32.const 1)))
        (br_if $cols (i32.lt_u (local.get $c) (local.get $n))))
      (local.set $r (i32.add (local.get $r) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $r) (local.get $n))))
    (call $matmul (i32.const 1024) (i32.const 9216) (i32.const 17408)
      (local.get $n) (local.get $n) (local.get $n))
    (local.set $c (i32.mul (local.get $n) (local.get $n)))
    (local.set $p (i32.const 17408))
    (loop $add
      (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $add (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
    (local.get $sum))
)
