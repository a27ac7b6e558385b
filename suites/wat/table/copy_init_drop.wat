;;! description = "copies between and within tables, initializes from passive segments, and drops them"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 4)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 12340)"
;;!
;;! [[check]]
;;! call = "copy_within"
;;! args = "(i32.const 1) (i32.const 0) (i32.const 4)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 11234)"
;;!
;;! [[check]]
;;! call = "copy_within"
;;! args = "(i32.const 0) (i32.const 1) (i32.const 4)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 12344)"
;;!
;;! [[check]]
;;! call = "copy_across"
;;! args = "(i32.const 1) (i32.const 3) (i32.const 2)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 17844)"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 3) (i32.const 2) (i32.const 2)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 17834)"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 2) (i32.const 2) (i32.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 3) (i32.const 0) (i32.const 3)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 17834)"
;;!
;;! [[check]]
;;! call = "copy_across"
;;! args = "(i32.const 5) (i32.const 5) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "copy_across"
;;! args = "(i32.const 0) (i32.const 5) (i32.const 1)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "drop"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 1)"
;;! traps = "out of bounds table access"

;; The functions return their own digit; "digits" calls all five elements of
;; the first table, a null one counting as 0. Nothing is written when a range
;; does not fit. Copies within a table overlap in both directions.
(module
  (type $digit (func (result i32)))
  (table $a 5 funcref)
  (table $b 5 funcref)
  (elem (table $b) (i32.const 0) func $5 $5 $6 $7 $8)
  (elem $some funcref
    (ref.func $1) (ref.func $2) (ref.func $3) (ref.func $4))
  (func $1 (result i32) (i32.const 1))
  (func $2 (result i32) (i32.const 2))
  (func $3 (result i32) (i32.const 3))
  (func $4 (result i32) (i32.const 4))
  (func $5 (result i32) (i32.const 5))
  (func $6 (result i32) (i32.const 6))
  (func $7 (result i32) (i32.const 7))
  (func $8 (result i32) (i32.const 8))

  (func (export "digits") (result i32)
    (local $i i32) (local $n i32)
    (loop $next
      (local.set $n
        (i32.add
          (i32.mul (local.get $n) (i32.const 10))
          (if (result i32) (ref.is_null (table.get $a (local.get $i)))
            (then (i32.const 0))
            (else (call_indirect $a (type $digit) (local.get $i))))))
      (br_if $next
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
    (local.get $n))
  (func (export "init") (param i32 i32 i32)
    (table.init $a $some (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy_within") (param i32 i32 i32)
    (table.copy $a $a (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy_across") (param i32 i32 i32)
    (table.copy $a $b (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $some))
)
