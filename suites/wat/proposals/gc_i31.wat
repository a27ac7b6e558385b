;;! description = "keeps 31-bit integers in references, drops the top bit, and compares them by value"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "signed"
;;! args = "(i32.const 0x3fffffff)"
;;! returns = "(i32.const 1073741823)"
;;!
;;! [[check]]
;;! call = "signed"
;;! args = "(i32.const 0x40000000)"
;;! returns = "(i32.const -1073741824)"
;;!
;;! [[check]]
;;! call = "signed"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "unsigned"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const 0x7fffffff)"
;;!
;;! [[check]]
;;! call = "unsigned"
;;! args = "(i32.const 0x80000001)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "equal"
;;! args = "(i32.const 5) (i32.const 5)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "equal"
;;! args = "(i32.const 5) (i32.const 0x80000005)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "equal"
;;! args = "(i32.const 5) (i32.const 6)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "make"
;;! args = "(i32.const 0)"
;;! returns = "(ref.i31)"
;;!
;;! [[check]]
;;! call = "sum"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "get_global"
;;! returns = "(i32.const 42)"

;; An i31 needs no allocation, so two of one value are the same reference. The
;; array mixes numbers with structs that hold one.
(module
  (type $box (struct (field i32)))
  (type $mixed (array anyref))
  (global $g (ref i31) (ref.i31 (i32.const 42)))
  (global $copy (ref i31) (global.get $g)) ;; an earlier global as initial value
  (func (export "signed") (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))
  (func (export "unsigned") (param i32) (result i32) (i31.get_u (ref.i31 (local.get 0))))
  (func (export "equal") (param i32 i32) (result i32)
    (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))
  (func (export "make") (param i32) (result anyref) (ref.i31 (local.get 0)))
  (func (export "get_global") (result i32) (i31.get_u (global.get $copy)))

  (func $value (param anyref) (result i32)
    (block $number (result (ref i31))
      (br_on_cast $number anyref (ref i31) (local.get 0))
      (return (struct.get $box 0 (ref.cast (ref $box)))))
    (i31.get_s))
  (func (export "sum") (result i32)
    (local $a (ref null $mixed)) (local $i i32) (local $sum i32)
    (local.set $a
      (array.new_fixed $mixed 4
        (ref.i31 (i32.const 1)) (struct.new $box (i32.const 20))
        (ref.i31 (i32.const -16)) (struct.new $box (i32.const 5))))
    (loop $l
      (local.set $sum
        (i32.add (local.get $sum)
          (call $value (array.get $mixed (local.get $a) (local.get $i)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
    (local.get $sum))
)
