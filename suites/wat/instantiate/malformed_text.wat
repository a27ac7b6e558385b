;;! description = "rejects text with an instruction that does not exist"
;;! [instantiate]
;;! fails = "malformed"

;; The text never becomes a module, so this is no validation error.
(module
  (func (export "f") (result i32)
    (i32.add_twice (i32.const 1) (i32.const 2)))
)
