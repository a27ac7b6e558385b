;;! description = "switches over twelve arms with br_table, shared and fall-through arms and a default included"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 31)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 28)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 30)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 11)"
;;! returns = "(i32.const 31)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 12)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "days"
;;! args = "(i32.const 0x80000000)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "fall"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 111)"
;;!
;;! [[check]]
;;! call = "fall"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 110)"
;;!
;;! [[check]]
;;! call = "fall"
;;! args = "(i32.const 7)"
;;! returns = "(i32.const 100)"
;;!
;;! [[check]]
;;! call = "value"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 1007)"
;;!
;;! [[check]]
;;! call = "value"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 107)"
;;!
;;! [[check]]
;;! call = "value"
;;! args = "(i32.const 99)"
;;! returns = "(i32.const 7)"
;;!
;;! [[check]]
;;! call = "only_default"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 5)"

;; The index is unsigned: -1 is past the end, and so takes the default.
(module
  ;; the days of month 0..11; several labels share one arm
  (func (export "days") (param $month i32) (result i32)
    (block $default
      (block $feb
        (block $short
          (block $long
            (br_table $long $feb $long $short $long $short $long $long $short $long $short $long
              $default (local.get $month)))
          (return (i32.const 31)))
        (return (i32.const 30)))
      (return (i32.const 28)))
    (i32.const -1))

  ;; an arm without a branch at its end falls into the next one
  (func (export "fall") (param $i i32) (result i32)
    (local $sum i32)
    (block $c
      (block $b
        (block $a
          (br_table $a $b $c (local.get $i)))
        (local.set $sum (i32.add (local.get $sum) (i32.const 1))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 10))))
    (i32.add (local.get $sum) (i32.const 100)))

  ;; the branch carries a value, which each label's block hands on
  (func (export "value") (param $i i32) (result i32)
    (block $out (result i32)
      (block $middle (result i32)
        (block $inner (result i32)
          (br_table $inner $middle $out (i32.const 7) (local.get $i)))
        (i32.add (i32.const 900)))
      (i32.add (i32.const 100))))

  (func (export "only_default") (param $i i32) (result i32)
    (block $d (br_table $d (local.get $i)))
    (i32.const 5))
)
