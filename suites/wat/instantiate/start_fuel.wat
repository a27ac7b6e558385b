;;! description = "charges the start function to the instantiation, and nothing for a module's segments"
;;! [limits]
;;! fuel = 10000
;;!
;;! [instantiate]
;;! fuel = { min = 500, max = 1000 }
;;!
;;! [[check]]
;;! call = "squares"
;;! returns = "(i32.const 9801)"
;;! fuel = { max = 10 }
;;! memory = [{ at = 0, i32 = [0, 1, 4, 9] }, { at = 500, text = "segment" }]

;; Forty rounds of fourteen instructions fill a table of squares; the call
;; afterwards has a tank of its own.
(module
  (memory (export "memory") 1)
  (data (i32.const 500) "segment")
  (func $start
    (local $i i32)
    (loop $l
      (i32.store
        (i32.shl (local.get $i) (i32.const 2))
        (i32.mul (local.get $i) (local.get $i)))
      (br_if $l
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40)))))
  (start $start)
  (func (export "squares") (result i32)
    (i32.mul (i32.const 99) (i32.const 99)))
)
