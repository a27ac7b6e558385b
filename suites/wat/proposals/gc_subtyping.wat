;;! description = "tells types apart at run time along a hierarchy, and treats equal recursive groups as one"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "tests"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "tests"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "tests"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "tests"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "tests"
;;! args = "(i32.const 4)"
;;! returns = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 0)"
;;! returns = "(f64.const 0)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 1)"
;;! returns = "(f64.const 6)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 2)"
;;! returns = "(f64.const 16)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 4)"
;;! returns = "(f64.const -1)"
;;!
;;! [[check]]
;;! call = "same_group"
;;! returns = "(i32.const 1) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "call_subtype"
;;! returns = "(i32.const 3)"

;; $square <: $rectangle <: $shape. Objects: one of each, an i31, and null. A
;; structurally equal group elsewhere defines the same types; the same two
;; structs in a larger group do not. Functions have subtypes, too.
(module
  (type $shape (sub (struct)))
  (type $rectangle (sub $shape (struct (field $w f64) (field $h f64))))
  (type $square (sub final $rectangle (struct (field $w f64) (field $h f64) (field $name i32))))
  (rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a)))))
  (rec (type $a2 (struct (field (ref null $b2)))) (type $b2 (struct (field (ref null $a2)))))
  (rec
    (type $c (struct (field (ref null $d))))
    (type $d (struct (field (ref null $c))))
    (type $e (struct)))
  (type $general (sub (func (param (ref null $square)) (result (ref null $shape)))))
  (type $special (sub $general (func (param (ref null $shape)) (result (ref null $rectangle)))))
  (table $objects 5 anyref)
  (elem declare func $special)

  (func $init
    (table.set $objects (i32.const 0) (struct.new_default $shape))
    (table.set $objects (i32.const 1) (struct.new $rectangle (f64.const 2) (f64.const 3)))
    (table.set $objects (i32.const 2) (struct.new $square (f64.const 4) (f64.const 4) (i32.const 1)))
    (table.set $objects (i32.const 3) (ref.i31 (i32.const 0))))
  (start $init)

  (func (export "tests") (param $n i32) (result i32 i32 i32 i32 i32)
    (ref.test (ref $shape) (table.get $objects (local.get $n)))
    (ref.test (ref $rectangle) (table.get $objects (local.get $n)))
    (ref.test (ref $square) (table.get $objects (local.get $n)))
    (ref.test (ref struct) (table.get $objects (local.get $n)))
    (ref.test (ref i31) (table.get $objects (local.get $n))))

  ;; null passes the first cast, which is to a nullable type
  (func (export "area") (param $n i32) (result f64)
    (block $null
      (block $other (result (ref $shape))
        (br_on_null $null (ref.cast (ref null $shape) (table.get $objects (local.get $n))))
        (br_on_cast_fail $other (ref $shape) (ref $rectangle))
        (return (call $rectangle_area)))
      (drop)
      (return (f64.const 0)))
    (f64.const -1))
  (func $rectangle_area (param $r (ref $rectangle)) (result f64)
    (f64.mul
      (struct.get $rectangle $w (local.get $r))
      (struct.get $rectangle $h (local.get $r))))

  (func (export "same_group") (result i32 i32)
    (ref.test (ref $b2) (call $hide (struct.new_default $b)))
    (ref.test (ref $d) (call $hide (struct.new_default $b))))
  (func $hide (param anyref) (result anyref) (local.get 0))

  (func $special (type $special)
    (struct.new $rectangle (f64.const 1) (f64.const 3)))
  ;; through the more general type
  (func (export "call_subtype") (result i32)
    (i32.trunc_f64_s
      (call $rectangle_area
        (ref.cast (ref $rectangle)
          (call_ref $general (ref.null $square) (ref.func $special))))))
)
