;;! description = "tail-calls through function references, in continuation-passing style"
;;! proposals = ["function-references", "tail-call"]
;;!
;;! [[check]]
;;! call = "factorial"
;;! args = "(i64.const 20)"
;;! returns = "(i64.const 2432902008176640000)"
;;!
;;! [[check]]
;;! call = "count"
;;! args = "(i64.const 1000000)"
;;! returns = "(i64.const 1000000)"
;;!
;;! [[check]]
;;! call = "null"
;;! traps = "null reference"

;; Each step hands its result to the continuation it was given. The factorial
;; of 20 is the last to fit in 64 bits.
(module
  (type $k (func (param i64) (result i64)))
  (type $step (func (param i64 i64 (ref $k)) (result i64)))
  (elem declare func $done $multiply $increment)
  (func $done (type $k) (local.get 0))
  (func $multiply (type $step) (param $n i64) (param $acc i64) (param $k (ref $k)) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return_call_ref $k (local.get $acc) (local.get $k))))
    (return_call_ref $step
      (i64.sub (local.get $n) (i64.const 1))
      (i64.mul (local.get $acc) (local.get $n))
      (local.get $k)
      (ref.func $multiply)))
  (func $increment (type $step) (param $n i64) (param $acc i64) (param $k (ref $k)) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return_call_ref $k (local.get $acc) (local.get $k))))
    (return_call_ref $step
      (i64.sub (local.get $n) (i64.const 1))
      (i64.add (local.get $acc) (i64.const 1))
      (local.get $k)
      (ref.func $increment)))
  (func (export "factorial") (param i64) (result i64)
    (return_call $multiply (local.get 0) (i64.const 1) (ref.func $done)))
  (func (export "count") (param i64) (result i64)
    (return_call $increment (local.get 0) (i64.const 0) (ref.func $done)))
  (func (export "null") (result i64)
    (return_call_ref $k (i64.const 1) (ref.null $k)))
)
