;;! description = "fails to instantiate when an exception leaves the start function"
;;! proposals = ["exceptions"]
;;! [instantiate]
;;! fails = "exception"

;; An exception that nobody catches is neither a trap nor a link error.
(module
  (tag $t (param i32))
  (func $start (throw $t (i32.const 5)))
  (start $start)
)
