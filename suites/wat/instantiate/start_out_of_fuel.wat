;;! description = "runs out of fuel in the start function"
;;! [limits]
;;! fuel = 10000
;;!
;;! [instantiate]
;;! traps = "out of fuel"

;; The tank is filled before the instantiation, which spends all of it.
(module
  (global $n (mut i64) (i64.const 0))
  (func $start
    (loop $l
      (global.set $n (i64.add (global.get $n) (i64.const 1)))
      (br $l)))
  (start $start)
)
