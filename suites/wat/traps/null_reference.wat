;;! description = "traps wherever a null is dereferenced: calls, structs, arrays, i31 and assertions"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "call_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "struct_get_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "struct_set_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "array_get_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "array_len_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "array_copy_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "i31_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "assert_null"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "cast_null"
;;! traps = "cast failure"
;;!
;;! [[check]]
;;! call = "cast_null_fine"
;;! returns = "(ref.null)"

;; ref.cast is the exception: to a type that excludes null, null is a cast
;; failure; to one that includes it, all is well.
(module
  (type $f (func))
  (type $s (struct (field (mut i32)) (field i64)))
  (type $a (array (mut i16)))
  (func (export "call_null") (call_ref $f (ref.null $f)))
  (func (export "struct_get_null") (result i64) (struct.get $s 1 (ref.null $s)))
  (func (export "struct_set_null") (struct.set $s 0 (ref.null $s) (i32.const 1)))
  (func (export "array_get_null") (result i32) (array.get_s $a (ref.null $a) (i32.const 0)))
  (func (export "array_len_null") (result i32) (array.len (ref.null array)))
  (func (export "array_copy_null")
    (array.copy $a $a
      (array.new_default $a (i32.const 2)) (i32.const 0)
      (ref.null $a) (i32.const 0) (i32.const 0)))
  (func (export "i31_null") (result i32) (i31.get_u (ref.null i31)))
  (func (export "assert_null") (result (ref $s)) (ref.as_non_null (ref.null $s)))
  (func (export "cast_null") (result anyref) (ref.cast (ref $s) (ref.null any)))
  (func (export "cast_null_fine") (result anyref) (ref.cast (ref null $s) (ref.null any)))
)
