;;! description = "rejects a module that assigns to an immutable global"
;;! [instantiate]
;;! fails = "invalid"
;;! message = "immutable"

;; Parses and encodes fine; only validation knows that $g is not (mut i32).
(module
  (global $g i32 (i32.const 1))
  (func (export "set") (global.set $g (i32.const 2)))
)
