;;! description = "computes initial values and segment offsets with additions, subtractions and multiplications"
;;! proposals = ["extended-const"]
;;!
;;! [[check]]
;;! call = "values"
;;! returns = "(i32.const 42) (i32.const -6) (i64.const 0x8000000000000000) (i64.const -15)"
;;! memory = [{ at = 116, text = "moved" }]
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "call"
;;! args = "(i32.const 2)"
;;! traps = "uninitialized element"

;; Arithmetic wraps, as it does at run time.
(module
  (memory (export "memory") 1)
  (global $answer i32
    (i32.add
      (i32.mul (i32.const 6) (i32.const 8))
      (i32.sub (i32.const 0) (i32.const 6))))
  (global $minus i32 (i32.sub (i32.const 0) (i32.const 6)))
  (global $wrapped i64 (i64.add (i64.const 0x7fffffffffffffff) (i64.const 1)))
  (global $product i64 (i64.mul (i64.sub (i64.const 2) (i64.const 5)) (i64.const 5)))
  (data (i32.add (i32.const 100) (i32.mul (i32.const 4) (i32.const 4))) "moved")
  (table 4 funcref)
  (elem (offset (i32.sub (i32.const 6) (i32.const 3))) $one)
  (func $one (result i32) (i32.const 1))
  (func (export "values") (result i32 i32 i64 i64)
    (global.get $answer) (global.get $minus) (global.get $wrapped) (global.get $product))
  (func (export "call") (param i32) (result i32)
    (call_indirect (result i32) (local.get 0)))
)
