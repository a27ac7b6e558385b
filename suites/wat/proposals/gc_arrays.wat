;;! description = "makes arrays from values, defaults and segments, packed and of references, and fills and copies them"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "from_data"
;;! args = "(i32.const 0) (i32.const 5)"
;;! returns = "(i32.const 104) (i32.const 111)"
;;!
;;! [[check]]
;;! call = "from_data"
;;! args = "(i32.const 6) (i32.const 0)"
;;! returns = "(i32.const -1) (i32.const -1)"
;;!
;;! [[check]]
;;! call = "packed"
;;! args = "(i32.const 511)"
;;! returns = "(i32.const -1) (i32.const 255)"
;;!
;;! [[check]]
;;! call = "overlap"
;;! args = "(i32.const 1) (i32.const 0)"
;;! returns = "(i32.const 11234)"
;;!
;;! [[check]]
;;! call = "overlap"
;;! args = "(i32.const 0) (i32.const 1)"
;;! returns = "(i32.const 23455)"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 1) (i32.const 3)"
;;! returns = "(i32.const 19995)"
;;!
;;! [[check]]
;;! call = "grid"
;;! args = "(i32.const 7)"
;;! returns = "(i32.const 49)"
;;!
;;! [[check]]
;;! call = "from_elem"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 30)"
;;!
;;! [[check]]
;;! call = "init_data"
;;! returns = "(i32.const 0x44332211)"
;;!
;;! [[check]]
;;! call = "lens"
;;! returns = "(i32.const 3) (i32.const 0) (i32.const 100)"

;; Elements of i8 and i16 are stored in their width and extended when read. The
;; default of a reference is null. Copies overlap in both directions.
(module
  (type $bytes (array (mut i8)))
  (type $ints (array (mut i32)))
  (type $rows (array (mut (ref null $ints))))
  (type $f (func (result i32)))
  (type $funcs (array (ref $f)))
  (data $hello "hello world")
  (data $four "\00\11\22\33\44")
  (elem $fs (ref $f) (ref.func $ten) (ref.func $twenty) (ref.func $thirty))
  (func $ten (type $f) (i32.const 10))
  (func $twenty (type $f) (i32.const 20))
  (func $thirty (type $f) (i32.const 30))

  ;; first and last byte of a piece of the segment
  (func (export "from_data") (param $at i32) (param $n i32) (result i32 i32)
    (local $a (ref null $bytes))
    (local.set $a (array.new_data $bytes $hello (local.get $at) (local.get $n)))
    (if (i32.eqz (array.len (local.get $a)))
      (then (return (i32.const -1) (i32.const -1))))
    (array.get_u $bytes (local.get $a) (i32.const 0))
    (array.get_u $bytes (local.get $a) (i32.sub (local.get $n) (i32.const 1))))

  (func (export "packed") (param i32) (result i32 i32)
    (local $a (ref null $bytes))
    (local.set $a (array.new $bytes (local.get 0) (i32.const 4)))
    (array.get_s $bytes (local.get $a) (i32.const 3))
    (array.get_u $bytes (local.get $a) (i32.const 3)))

  (func $one_to_five (result (ref $ints))
    (array.new_fixed $ints 5
      (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)))
  (func $digits (param $a (ref $ints)) (result i32)
    (local $i i32) (local $n i32)
    (loop $l
      (local.set $n
        (i32.add (i32.mul (local.get $n) (i32.const 10))
          (array.get $ints (local.get $a) (local.get $i))))
      (br_if $l
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $a)))))
    (local.get $n))
  (func (export "overlap") (param $to i32) (param $from i32) (result i32)
    (local $a (ref null $ints))
    (local.set $a (call $one_to_five))
    (array.copy $ints $ints (local.get $a) (local.get $to) (local.get $a) (local.get $from) (i32.const 4))
    (call $digits (ref.as_non_null (local.get $a))))
  (func (export "fill") (param $at i32) (param $n i32) (result i32)
    (local $a (ref null $ints))
    (local.set $a (call $one_to_five))
    (array.fill $ints (local.get $a) (local.get $at) (i32.const 9) (local.get $n))
    (call $digits (ref.as_non_null (local.get $a))))

  ;; an n x n array of arrays; counts the elements
  (func (export "grid") (param $n i32) (result i32)
    (local $rows (ref null $rows)) (local $i i32) (local $count i32)
    (local.set $rows (array.new_default $rows (local.get $n)))
    (loop $make
      (array.set $rows (local.get $rows) (local.get $i) (array.new_default $ints (local.get $n)))
      (br_if $make (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (loop $sum
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $count
        (i32.add (local.get $count)
          (array.len (array.get $rows (local.get $rows) (local.get $i)))))
      (br_if $sum (local.get $i)))
    (local.get $count))

  ;; two functions of the segment, from its second on
  (func (export "from_elem") (param $i i32) (result i32)
    (call_ref $f
      (array.get $funcs
        (array.new_elem $funcs $fs (i32.const 1) (i32.const 2))
        (local.get $i))))

  ;; one i32 out of the middle of the segment
  (func (export "init_data") (result i32)
    (local $a (ref null $ints))
    (local.set $a (array.new_default $ints (i32.const 3)))
    (array.init_data $ints $four (local.get $a) (i32.const 2) (i32.const 1) (i32.const 1))
    (array.get $ints (local.get $a) (i32.const 2)))

  (func (export "lens") (result i32 i32 i32)
    (array.len (array.new_fixed $ints 3 (i32.const 0) (i32.const 0) (i32.const 0)))
    (array.len (array.new_fixed $bytes 0))
    (array.len (array.new_default $rows (i32.const 100))))
)
