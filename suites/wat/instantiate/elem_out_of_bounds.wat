;;! description = "traps when an active element segment ends one past the table"
;;! [instantiate]
;;! traps = "out of bounds table access"

;; The first segment fills the table exactly, the second starts one too late.
(module
  (table 2 funcref)
  (elem (i32.const 0) $f $f)
  (elem (i32.const 1) $f $f)
  (func $f)
)
