;;! description = "counts the ways to place n queens by recursion over bit masks"
;;!
;;! [[check]]
;;! call = "queens"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "queens"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "queens"
;;! args = "(i32.const 6)"
;;! returns = "(i32.const 4)"
;;!
;;! [[check]]
;;! call = "queens"
;;! args = "(i32.const 8)"
;;! returns = "(i32.const 92)"
;;!
;;! [[check]]
;;! call = "queens"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 724)"

;; One call per row. The three masks hold the columns taken, and the columns
;; attacked along the two diagonals, which move by one per row.
(module
  (func $row (param $all i32) (param $cols i32) (param $left i32) (param $right i32) (result i32)
    (local $free i32) (local $bit i32) (local $count i32)
    (if (i32.eq (local.get $cols) (local.get $all)) (then (return (i32.const 1))))
    (local.set $free
      (i32.and (local.get $all)
        (i32.xor (i32.const -1)
          (i32.or (local.get $cols) (i32.or (local.get $left) (local.get $right))))))
    (block $done
      (loop $place
        (br_if $done (i32.eqz (local.get $free)))
        ;; the lowest free column
        (local.set $bit (i32.and (local.get $free) (i32.sub (i32.const 0) (local.get $free))))
        (local.set $free (i32.xor (local.get $free) (local.get $bit)))
        (local.set $count
          (i32.add (local.get $count)
            (call $row
              (local.get $all)
              (i32.or (local.get $cols) (local.get $bit))
              (i32.shl (i32.or (local.get $left) (local.get $bit)) (i32.const 1))
              (i32.shr_u (i32.or (local.get $right) (local.get $bit)) (i32.const 1)))))
        (br $place)))
    (local.get $count))

  (func (export "queens") (param $n i32) (result i32)
    (call $row
      (i32.sub (i32.shl (i32.const 1) (local.get $n)) (i32.const 1))
      (i32.const 0) (i32.const 0) (i32.const 0)))
)
