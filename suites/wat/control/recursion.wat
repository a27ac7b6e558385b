;;! description = "recurses deeply and mutually: Ackermann, Hofstadter's female and male, and a tower of Hanoi"
;;!
;;! [[check]]
;;! call = "ackermann"
;;! args = "(i32.const 2) (i32.const 9)"
;;! returns = "(i32.const 21)"
;;!
;;! [[check]]
;;! call = "ackermann"
;;! args = "(i32.const 3) (i32.const 6)"
;;! returns = "(i32.const 509)"
;;!
;;! [[check]]
;;! call = "female"
;;! args = "(i32.const 30)"
;;! returns = "(i32.const 19)"
;;!
;;! [[check]]
;;! call = "male"
;;! args = "(i32.const 30)"
;;! returns = "(i32.const 19)"
;;!
;;! [[check]]
;;! call = "hanoi"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 1023)"
;;! memory = [{ at = 0, bytes = "00 00 0a" }]

;; Every frame's locals must survive the calls below it.
(module
  (memory (export "memory") 1)

  ;; A(m, n): the inner call's result is the outer call's argument
  (func $ackermann (export "ackermann") (param $m i32) (param $n i32) (result i32)
    (if (i32.eqz (local.get $m))
      (then (return (i32.add (local.get $n) (i32.const 1)))))
    (if (i32.eqz (local.get $n))
      (then (return (call $ackermann (i32.sub (local.get $m) (i32.const 1)) (i32.const 1)))))
    (call $ackermann
      (i32.sub (local.get $m) (i32.const 1))
      (call $ackermann (local.get $m) (i32.sub (local.get $n) (i32.const 1)))))

  ;; F(0) = 1, F(n) = n - M(F(n-1));   M(0) = 0, M(n) = n - F(M(n-1))
  (func $female (export "female") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.sub (local.get $n)
          (call $male (call $female (i32.sub (local.get $n) (i32.const 1))))))
      (else (i32.const 1))))
  (func $male (export "male") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.sub (local.get $n)
          (call $female (call $male (i32.sub (local.get $n) (i32.const 1))))))
      (else (i32.const 0))))

  ;; moves the disks from peg 0 to peg 2; bytes 0..2 count the disks of a peg
  (func (export "hanoi") (param $disks i32) (result i32)
    (i32.store8 (i32.const 0) (local.get $disks))
    (i32.store16 (i32.const 1) (i32.const 0))
    (call $move (local.get $disks) (i32.const 0) (i32.const 2) (i32.const 1)))

  (func $move (param $n i32) (param $from i32) (param $to i32) (param $via i32) (result i32)
    (local $moves i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (local.set $moves
      (call $move (i32.sub (local.get $n) (i32.const 1))
        (local.get $from) (local.get $via) (local.get $to)))
    (i32.store8 (local.get $from) (i32.sub (i32.load8_u (local.get $from)) (i32.const 1)))
    (i32.store8 (local.get $to) (i32.add (i32.load8_u (local.get $to)) (i32.const 1)))
    (i32.add
      (i32.add (local.get $moves) (i32.const 1))
      (call $move (i32.sub (local.get $n) (i32.const 1))
        (local.get $via) (local.get $to) (local.get $from))))
)
