;;! description = "sorts signed integers in place with a recursive quicksort, down to duplicates and the ends of the range"
;;!
;;! [[check]]
;;! call = "sort"
;;! args = "(i32.const 0) (i32.const 10)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [-2147483648, -5, -5, -1, 0, 0, 3, 7, 100, 2147483647] }]
;;!
;;! [[check]]
;;! call = "sort"
;;! args = "(i32.const 0) (i32.const 10)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [-2147483648, -5, -5, -1, 0, 0, 3, 7, 100, 2147483647] }]
;;!
;;! [[check]]
;;! call = "sort_random"
;;! args = "(i32.const 5000)"
;;! returns = "(i32.const 0)"
;;! memory = [
;;!   { at = 1024, i32 = [-2147006446, -2146960204, -2146077394, -2145454526] },
;;!   { at = 21008, i32 = [2142208824, 2143272123, 2144622510, 2147159953] },
;;! ]
;;!
;;! [[check]]
;;! call = "sort_random"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 0)"

;; Hoare partition around the middle element. The comparisons are signed, the
;; second check sorts what is sorted already, and the large one counts
;; neighbours that are out of order (there must be none).
(module
  (memory (export "memory") 1)
  (data (i32.const 0)
    "\07\00\00\00\fb\ff\ff\ff\ff\ff\ff\7f\00\00\00\00\fb\ff\ff\ff"
    "\00\00\00\80\64\00\00\00\00\00\00\00\03\00\00\00\ff\ff\ff\ff")

  (func (export "sort") (param $p i32) (param $n i32)
    (call $quick (local.get $p)
      (i32.add (local.get $p) (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 2)))))

  ;; sorts the closed range of addresses [$lo, $hi]
  (func $quick (param $lo i32) (param $hi i32)
    (local $i i32) (local $j i32) (local $pivot i32) (local $t i32)
    (br_if 0 (i32.ge_s (local.get $lo) (local.get $hi)))
    (local.set $i (local.get $lo))
    (local.set $j (local.get $hi))
    (local.set $pivot
      (i32.load
        (i32.add (local.get $lo)
          (i32.and
            (i32.shr_u (i32.sub (local.get $hi) (local.get $lo)) (i32.const 1))
            (i32.const -4)))))
    (block $split
      (loop $scan
        (loop $right
          (if (i32.lt_s (i32.load (local.get $i)) (local.get $pivot))
            (then
              (local.set $i (i32.add (local.get $i) (i32.const 4)))
              (br $right))))
        (loop $left
          (if (i32.gt_s (i32.load (local.get $j)) (local.get $pivot))
            (then
              (local.set $j (i32.sub (local.get $j) (i32.const 4)))
              (br $left))))
        (br_if $split (i32.gt_s (local.get $i) (local.get $j)))
        (local.set $t (i32.load (local.get $i)))
        (i32.store (local.get $i) (i32.load (local.get $j)))
        (i32.store (local.get $j) (local.get $t))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (local.set $j (i32.sub (local.get $j) (i32.const 4)))
        (br_if $scan (i32.le_s (local.get $i) (local.get $j)))))
    (call $quick (local.get $lo) (local.get $j))
    (call $quick (local.get $i) (local.get $hi)))

  ;; fills $n words at 1024 from x = 1664525 x + 1013904223 (x0 = 12345), sorts
  ;; them and returns how many neighbours are still out of order
  (func (export "sort_random") (param $n i32) (result i32)
    (local $p i32) (local $end i32) (local $x i32) (local $wrong i32)
    (local.set $p (i32.const 1024))
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $n) (i32.const 2))))
    (local.set $x (i32.const 12345))
    (loop $fill
      (local.set $x
        (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store (local.get $p) (local.get $x))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $fill (i32.lt_u (local.get $p) (local.get $end))))
    (call $quick (i32.const 1024) (i32.sub (local.get $end) (i32.const 4)))
    (local.set $p (i32.const 1028))
    (block $done
      (loop $verify
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $wrong
          (i32.add (local.get $wrong)
            (i32.gt_s (i32.load (i32.sub (local.get $p) (i32.const 4))) (i32.load (local.get $p)))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br $verify)))
    (local.get $wrong))
)
