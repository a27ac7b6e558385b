;;! description = "calls itself in tail position two million deep, mutually and with more arguments than the caller has, without using up the stack"
;;! proposals = ["tail-call"]
;;!
;;! [[check]]
;;! call = "even"
;;! args = "(i32.const 2000000)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "even"
;;! args = "(i32.const 2000001)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i64.const 1000000) (i64.const 0)"
;;! returns = "(i64.const 500000500000)"
;;!
;;! [[check]]
;;! call = "rotate"
;;! args = "(i32.const 1000000)"
;;! returns = "(i32.const 5) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)"
;;!
;;! [[check]]
;;! call = "ordinary"
;;! args = "(i32.const 2000000)"
;;! traps = "call stack exhausted"

;; "rotate" passes ten arguments, more than fit in registers, and comes from a
;; function with one: the argument area on the stack changes its size with each
;; call. "ordinary" is "even" without the tail calls.
(module
  (func $even (export "even") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 1))
      (else (return_call $odd (i32.sub (local.get 0) (i32.const 1))))))
  (func $odd (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (return_call $even (i32.sub (local.get 0) (i32.const 1))))))

  (func $sum (export "sum") (param $n i64) (param $acc i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (return (local.get $acc))))
    (return_call $sum
      (i64.sub (local.get $n) (i64.const 1))
      (i64.add (local.get $acc) (local.get $n))))

  (func $rotate (export "rotate") (param $n i32) (result i32 i32 i32 i32 i32)
    (return_call $turn (local.get $n)
      (i32.const 5) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
      (i64.const -1) (i64.const -2) (i64.const -3) (i64.const -4)))
  (func $turn (param $n i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32)
    (param i64 i64 i64 i64) (result i32 i32 i32 i32 i32)
    (if (i32.eqz (local.get $n))
      (then
        (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $e)
        (return)))
    (return_call $turn (i32.sub (local.get $n) (i32.const 1))
      (local.get $b) (local.get $c) (local.get $d) (local.get $e) (local.get $a)
      (local.get 9) (local.get 6) (local.get 7) (local.get 8)))

  (func $ordinary (export "ordinary") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 1))
      (else
        (i32.xor (i32.const 1)
          (call $ordinary (i32.sub (local.get 0) (i32.const 1)))))))
)
