;;! description = "traps on an array whose size in bytes cannot be represented, and can still allocate small ones"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "default"
;;! args = "(i32.const -1)"
;;! traps = "allocation size too large"
;;!
;;! [[check]]
;;! call = "default"
;;! args = "(i32.const 0x40000000)"
;;! traps = "allocation size too large"
;;!
;;! [[check]]
;;! call = "filled"
;;! args = "(i32.const -1)"
;;! traps = "allocation size too large"
;;!
;;! [[check]]
;;! call = "default"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 100)"

;; The element count times the element size overflows 32 bits: 2^30 numbers of
;; eight bytes. This is no out-of-memory condition, which a larger heap could
;; cure, but a limit of the implementation.
(module
  (type $a (array (mut i64)))
  (func (export "default") (param i32) (result i32)
    (array.len (array.new_default $a (local.get 0))))
  (func (export "filled") (param i32) (result i32)
    (array.len (array.new $a (i64.const 1) (local.get 0))))
)
