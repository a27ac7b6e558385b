;;! description = "traps on array accesses past the end, for single elements and whole ranges, writing nothing"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 30)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 3)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "set"
;;! args = "(i32.const 3)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 1) (i32.const 3)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "sum"
;;! returns = "(i32.const 60)"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 3) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 4) (i32.const 0)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 1) (i32.const 3)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 2) (i32.const 0) (i32.const 2)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "sum"
;;! returns = "(i32.const 60)"
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 1) (i32.const 0) (i32.const 2)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "sum"
;;! returns = "(i32.const 40)"
;;!
;;! [[check]]
;;! call = "empty"
;;! args = "(i32.const 0)"
;;! traps = "out of bounds array access"
;;!
;;! [[check]]
;;! call = "new_data"
;;! args = "(i32.const 2) (i32.const 2)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "new_data"
;;! args = "(i32.const 1) (i32.const 2)"
;;! returns = "(i32.const 2)"

;; 10, 20, 30. array.new_data beyond its segment is a memory trap, by the
;; standard's wording for segments.
(module
  (type $a (array (mut i32)))
  (type $bytes (array i8))
  (data $three "abc")
  (global $a (ref $a) (array.new_fixed $a 3 (i32.const 10) (i32.const 20) (i32.const 30)))
  (func (export "get") (param i32) (result i32) (array.get $a (global.get $a) (local.get 0)))
  (func (export "set") (param i32) (array.set $a (global.get $a) (local.get 0) (i32.const 1)))
  (func (export "fill") (param i32 i32)
    (array.fill $a (global.get $a) (local.get 0) (i32.const 99) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (array.copy $a $a (global.get $a) (local.get 0) (global.get $a) (local.get 1) (local.get 2)))
  (func (export "sum") (result i32)
    (i32.add (array.get $a (global.get $a) (i32.const 0))
      (i32.add (array.get $a (global.get $a) (i32.const 1))
        (array.get $a (global.get $a) (i32.const 2)))))
  (func (export "empty") (param i32) (result i32)
    (array.get $a (array.new_default $a (i32.const 0)) (local.get 0)))
  (func (export "new_data") (param i32 i32) (result i32)
    (array.len (array.new_data $bytes $three (local.get 0) (local.get 1))))
)
