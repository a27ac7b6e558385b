;;! description = "accepts and skips unreachable code, whose operand stack is polymorphic"
;;!
;;! [[check]]
;;! call = "after_return"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "after_br"
;;! returns = "(i64.const 2)"
;;!
;;! [[check]]
;;! call = "both_arms_leave"
;;! args = "(i32.const 0)"
;;! returns = "(f32.const 4)"
;;!
;;! [[check]]
;;! call = "both_arms_leave"
;;! args = "(i32.const 1)"
;;! returns = "(f32.const 3)"
;;!
;;! [[check]]
;;! call = "endless_loop_is_a_value"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "after_br_table"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 6)"

;; After an unconditional branch, instructions may take operands that nobody
;; pushed; they are validated against any type and never run.
(module
  (memory 0)
  (func (export "after_return") (result i32)
    (return (i32.const 1))
    (i32.add)          ;; operands from nowhere
    (i64.extend_i32_s)
    (drop)
    (i32.div_s (i32.const 1) (i32.const 0)))

  (func (export "after_br") (result i64)
    (block $b (result i64)
      (i64.const 2)
      (br $b)
      (i64.mul)
      (i64.eqz)
      (select)         ;; of unknown type
      (drop)
      (call $recurse)
      (i64.const 3)))

  (func $recurse (call $recurse))

  (func (export "both_arms_leave") (param i32) (result f32)
    (if (local.get 0)
      (then (return (f32.const 3)))
      (else (return (f32.const 4))))
    (unreachable))

  ;; the loop has no end, so the block's result type is the function's
  (func (export "endless_loop_is_a_value") (param i32) (result i32)
    (local $n i32)
    (loop $l (result i32)
      (if (i32.eq (local.get $n) (local.get 0)) (then (return (local.get $n))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $l)))

  (func (export "after_br_table") (param i32) (result i32)
    (block $a
      (block $b
        (br_table $b $a (local.get 0))
        (i32.store)    ;; needs two operands, and the memory to exist
        (br_if $a)
        (local.set 0))
      (return (i32.const 5)))
    (i32.const 6))
)
