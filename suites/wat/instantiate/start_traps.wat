;;! description = "traps while instantiating when the start function divides by zero"
;;! [instantiate]
;;! traps = "integer divide by zero"

;; The divisor comes from a global, so that it is no constant in place.
(module
  (global $zero (mut i32) (i32.const 0))
  (func $start
    (drop (i32.div_u (i32.const 1) (global.get $zero))))
  (start $start)
)
