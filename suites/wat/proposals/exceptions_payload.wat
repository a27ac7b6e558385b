;;! description = "catches exceptions by tag, with their values, from the innermost handler that fits"
;;! proposals = ["exceptions"]
;;!
;;! [[check]]
;;! call = "parse"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0) (i32.const 5)"
;;!
;;! [[check]]
;;! call = "parse"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1) (i32.const -7)"
;;!
;;! [[check]]
;;! call = "parse"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 2) (i32.const 99)"
;;!
;;! [[check]]
;;! call = "parse"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 3) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "values"
;;! returns = "(i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)"
;;!
;;! [[check]]
;;! call = "inner_first"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "skips_inner"
;;! returns = "(i32.const 20)"
;;!
;;! [[check]]
;;! call = "order"
;;! returns = "(i32.const 2)"

;; The first clause of a handler that fits wins, be it catch_all; a handler
;; without one is passed over. A handler does not guard its own branch target.
(module
  (tag $bad (param i32))
  (tag $worse (param i32))
  (tag $empty)
  (tag $many (param i32 i64 f32 f64))

  (func $work (param $how i32) (result i32)
    (block $d
      (block $c
        (block $b
          (block $a
            (br_table $a $b $c $d (local.get $how)))
          (return (i32.const 5)))
        (throw $bad (i32.const -7)))
      (throw $worse (i32.const 99)))
    (throw $empty))

  ;; which way it ended, and the value
  (func (export "parse") (param $how i32) (result i32 i32)
    (local $v i32)
    (block $caught_all
      (block $caught_worse (result i32)
        (block $caught_bad (result i32)
          (try_table (result i32)
              (catch $bad $caught_bad) (catch $worse $caught_worse) (catch_all $caught_all)
            (call $work (local.get $how)))
          (local.set $v)
          (return (i32.const 0) (local.get $v)))
        (local.set $v)
        (return (i32.const 1) (local.get $v)))
      (local.set $v)
      (return (i32.const 2) (local.get $v)))
    (i32.const 3) (i32.const 0))

  (func (export "values") (result i32 i64 f32 f64)
    (block $h (result i32 i64 f32 f64)
      (try_table (catch $many $h)
        (throw $many (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)))
      (unreachable)))

  (func (export "inner_first") (result i32)
    (block $outer
      (try_table (catch $empty $outer)
        (block $inner
          (try_table (catch $empty $inner)
            (throw $empty)))
        (return (i32.const 10))))
    (i32.const 20))

  (func (export "skips_inner") (result i32)
    (block $outer
      (try_table (catch $empty $outer)
        (drop
          (block $inner (result i32)
            (try_table (catch $bad $inner)
              (throw $empty))
            (i32.const 0)))
        (return (i32.const 10))))
    (i32.const 20))

  ;; two clauses fit: the one written first is taken
  (func (export "order") (result i32)
    (block $second
      (block $first
        (try_table (catch_all $first) (catch $empty $second)
          (throw $empty)))
      (return (i32.const 2)))
    (i32.const 3))
)
