;;! description = "rejects a module that is well-formed text but adds an i64 to an i32"
;;! [instantiate]
;;! fails = "invalid"
;;! message = "type mismatch"

;; Parses and encodes fine; only validation compares the operand types.
(module
  (func (export "add") (param i32 i64) (result i32)
    (i32.add (local.get 0) (local.get 1)))
)
