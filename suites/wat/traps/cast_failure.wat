;;! description = "traps on casts to an unrelated, a more specific or a merely similar type"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 0)"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 2)"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 3)"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "to_i31"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 9)"
;;!
;;! [[check]]
;;! call = "to_i31"
;;! args = "(i32.const 0)"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "to_array"
;;! args = "(i32.const 0)"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "function"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "to_struct"
;;! args = "(i32.const 2)"
;;! returns = "(ref.struct)"
;;!
;;! [[check]]
;;! call = "to_struct"
;;! args = "(i32.const 3)"
;;! traps = "cast failure"

;; The objects: 0 a $base, 1 a $derived, 2 a $lookalike, which has the fields
;; of $derived but was declared without the supertype, 3 an i31.
(module
  (type $base (sub (struct (field i32))))
  (type $derived (sub $base (struct (field i32) (field i32))))
  (type $lookalike (sub (struct (field i32) (field i32))))
  (type $array (array i8))
  (type $f (func))
  (type $g (func (param i32)))
  (table $objects 4 anyref)
  (func $f (type $f))
  (elem declare func $f)
  (func $init
    (table.set $objects (i32.const 0) (struct.new $base (i32.const 1)))
    (table.set $objects (i32.const 1) (struct.new $derived (i32.const 1) (i32.const 5)))
    (table.set $objects (i32.const 2) (struct.new $lookalike (i32.const 1) (i32.const 5)))
    (table.set $objects (i32.const 3) (ref.i31 (i32.const 9))))
  (start $init)
  (func (export "down") (param i32) (result i32)
    (struct.get $derived 1
      (ref.cast (ref $derived) (table.get $objects (local.get 0)))))
  (func (export "to_i31") (param i32) (result i32)
    (i31.get_s (ref.cast (ref i31) (table.get $objects (local.get 0)))))
  (func (export "to_array") (param i32) (result anyref)
    (ref.cast (ref $array) (table.get $objects (local.get 0))))
  (func (export "to_struct") (param i32) (result anyref)
    (ref.cast (ref struct) (table.get $objects (local.get 0))))
  (func $id (param funcref) (result funcref) (local.get 0))
  (func (export "function") (result funcref)
    (ref.cast (ref $g) (call $id (ref.func $f))))
)
