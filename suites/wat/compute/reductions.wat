;;! description = "folds an i32 array to its sum, minimum, maximum and the position of the first maximum"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = "(i64.const 4294967289)"
;;!
;;! [[check]]
;;! call = "min_max"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = "(i32.const -2147483648) (i32.const 2147483647)"
;;!
;;! [[check]]
;;! call = "argmax"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 0) (i32.const 0)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "min_max"
;;! args = "(i32.const 0) (i32.const 0)"
;;! returns = "(i32.const 2147483647) (i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "argmax"
;;! args = "(i32.const 0) (i32.const 0)"
;;! returns = "(i32.const -1)"

;; 5, -7, 0, MAX, MIN, -1, MAX, MAX-1. The sum needs 64 bits, the minimum and
;; maximum are the ends of the i32 range, and MAX occurs twice: argmax must
;; keep the first. Empty input gives each fold's neutral element.
(module
  (memory 1)
  (data (i32.const 0)
    "\05\00\00\00\f9\ff\ff\ff\00\00\00\00\ff\ff\ff\7f"
    "\00\00\00\80\ff\ff\ff\ff\ff\ff\ff\7f\fe\ff\ff\7f")

  (func (export "sum") (param $p i32) (param $n i32) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i64.add (local.get $sum) (i64.load32_s (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func (export "min_max") (param $p i32) (param $n i32) (result i32 i32)
    (local $min i32) (local $max i32) (local $v i32)
    (local.set $min (i32.const 0x7fffffff))
    (local.set $max (i32.const 0x80000000))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $v (i32.load (local.get $p)))
        (local.set $min
          (select (local.get $v) (local.get $min) (i32.lt_s (local.get $v) (local.get $min))))
        (local.set $max
          (select (local.get $v) (local.get $max) (i32.gt_s (local.get $v) (local.get $max))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $min) (local.get $max))

  (func (export "argmax") (param $p i32) (param $n i32) (result i32)
    (local $best i32) (local $i i32)
    (local.set $best (i32.const -1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (if (i32.eq (local.get $best) (i32.const -1))
          (then (local.set $best (local.get $i)))
          (else
            (if (i32.gt_s
                  (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2))))
                  (i32.load (i32.add (local.get $p) (i32.shl (local.get $best) (i32.const 2)))))
              (then (local.set $best (local.get $i))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $best))
)
