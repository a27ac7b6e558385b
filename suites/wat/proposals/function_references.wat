;;! description = "calls typed function references, branches on null, and holds non-null ones in tables and locals"
;;! proposals = ["function-references"]
;;!
;;! [[check]]
;;! call = "compose"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 36)"
;;!
;;! [[check]]
;;! call = "apply_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "or_default"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "or_default"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 25)"
;;!
;;! [[check]]
;;! call = "or_default"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 6)"
;;!
;;! [[check]]
;;! call = "non_null"
;;! args = "(i32.const 0)"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "non_null"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 6)"
;;!
;;! [[check]]
;;! call = "full_table"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 25)"
;;!
;;! [[check]]
;;! call = "skip_null"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "skip_null"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"

;; A table of a non-null type needs an initial value, and a local of one must
;; be set before it is read. The call needs no type check at run time.
(module
  (type $f (func (param i32) (result i32)))
  (table $maybe 3 (ref null $f))
  (table $full 4 (ref $f) (ref.func $square))
  (elem (table $maybe) (i32.const 1) (ref null $f) (ref.func $square) (ref.func $increment))
  (func $square (type $f) (i32.mul (local.get 0) (local.get 0)))
  (func $increment (type $f) (i32.add (local.get 0) (i32.const 1)))

  (func $apply (param $f (ref $f)) (param $x i32) (result i32)
    (call_ref $f (local.get $x) (local.get $f)))
  ;; (x + 1) squared
  (func (export "compose") (param i32) (result i32)
    (local $f (ref $f))
    (local.set $f (ref.func $square))
    (call $apply (local.get $f)
      (call $apply (ref.func $increment) (local.get 0))))
  (func (export "apply_null") (result i32)
    (call_ref $f (i32.const 1) (table.get $maybe (i32.const 0))))
  ;; f(5), or -1 without f
  (func (export "or_default") (param $i i32) (result i32)
    (block $null
      (i32.const 5)
      (table.get $maybe (local.get $i))
      (br_on_null $null)
      (call_ref $f)
      (return))
    (i32.const -1))
  (func (export "non_null") (param $i i32) (result i32)
    (call $apply (ref.as_non_null (table.get $maybe (local.get $i))) (i32.const 5)))
  (func (export "full_table") (param $i i32) (result i32)
    (call $apply (table.get $full (local.get $i)) (i32.const 5)))
  ;; br_on_non_null hands the reference over, else drops it
  (func (export "skip_null") (param $i i32) (result i32)
    (block $there (result (ref $f))
      (br_on_non_null $there (table.get $maybe (local.get $i)))
      (return (i32.const 0)))
    (drop)
    (i32.const 1))
)
