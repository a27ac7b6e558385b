;;! description = "runs out of fuel in a recursion long before the stack ends"
;;! [limits]
;;! fuel = 5000
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 1000000)"
;;! traps = "out of fuel"
;;!
;;! [[check]]
;;! call = "down"
;;! args = "(i32.const 50)"
;;! returns = "(i32.const 50)"
;;! fuel = { min = 100, max = 1000 }
;;!
;;! [[check]]
;;! call = "fib"
;;! args = "(i32.const 30)"
;;! traps = "out of fuel"
;;!
;;! [[check]]
;;! call = "fib"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 55)"

;; Without fuel, a million frames would exhaust the stack instead. Calls with
;; no loop in sight must be metered as well.
(module
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
)
