;;! description = "fails to link a module whose imported function nobody provides"
;;! [instantiate]
;;! fails = "unlinkable"
;;! message = "missing_function"

;; The message must name what is missing. The module is valid otherwise.
(module
  (import "nowhere" "missing_function" (func $f (param i32) (result i32)))
  (func (export "f") (result i32) (call $f (i32.const 1)))
)
