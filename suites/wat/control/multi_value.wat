;;! description = "returns several values of mixed types, and passes them to blocks, ifs and calls as parameters"
;;!
;;! [[check]]
;;! call = "divmod"
;;! args = "(i32.const -17) (i32.const 5)"
;;! returns = "(i32.const -3) (i32.const -2)"
;;!
;;! [[check]]
;;! call = "swap"
;;! args = "(i64.const 1) (f32.const -0)"
;;! returns = "(f32.const -0) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "chain"
;;! args = "(i32.const 100) (i32.const 7)"
;;! returns = "(i32.const 16)"
;;!
;;! [[check]]
;;! call = "ordered"
;;! args = "(i32.const 9) (i32.const 4)"
;;! returns = "(i32.const 4) (i32.const 9)"
;;!
;;! [[check]]
;;! call = "ordered"
;;! args = "(i32.const 4) (i32.const 9)"
;;! returns = "(i32.const 4) (i32.const 9)"
;;!
;;! [[check]]
;;! call = "many"
;;! returns = """
;;!   (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
;;!   (i32.const 5) (i64.const 6) (f32.const 7) (f64.const 8)
;;!   (i32.const 9) (i64.const 10) (f32.const 11) (f64.const 12)
;;!   (i32.const 13) (i64.const 14) (f32.const 15) (f64.const 16)"""
;;!
;;! [[check]]
;;! call = "fold_many"
;;! returns = "(f64.const 136)"

;; Sixteen results do not fit in registers on any target: some of them travel
;; through memory.
(module
  (func $divmod (export "divmod") (param i32 i32) (result i32 i32)
    (i32.div_s (local.get 0) (local.get 1))
    (i32.rem_s (local.get 0) (local.get 1)))

  (func (export "swap") (param i64 f32) (result f32 i64)
    (local.get 1) (local.get 0))

  ;; both results of one call are the operands of the next instruction
  (func (export "chain") (param i32 i32) (result i32)
    (call $divmod (local.get 0) (local.get 1)) ;; 14 2
    (call $divmod)                             ;; 7 0
    (block (param i32 i32) (result i32)
      (i32.add)
      (i32.const 9)
      (i32.add)))

  (func (export "ordered") (param $a i32) (param $b i32) (result i32 i32)
    (local.get $a) (local.get $b)
    (if (param i32 i32) (result i32 i32) (i32.gt_s (local.get $a) (local.get $b))
      (then
        (local.set $b)
        (local.set $a)
        (local.get $b)
        (local.get $a))))

  (func $many (export "many")
    (result i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64)
    (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
    (i32.const 5) (i64.const 6) (f32.const 7) (f64.const 8)
    (i32.const 9) (i64.const 10) (f32.const 11) (f64.const 12)
    (i32.const 13) (i64.const 14) (f32.const 15) (f64.const 16))

  (func $fold (param i32 i64 f32 f64) (result f64)
    (f64.add
      (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
      (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))

  (func (export "fold_many") (result f64)
    (local $sum f64)
    (call $many)
    (call $fold) ;; takes the uppermost four
    (local.set $sum)
    (call $fold)
    (local.set $sum (f64.add (local.get $sum)))
    (call $fold)
    (local.set $sum (f64.add (local.get $sum)))
    (call $fold)
    (f64.add (local.get $sum)))
)
