;;! description = "interrupts a start function that never ends"
;;! [limits]
;;! deadline-ms = 50
;;!
;;! [instantiate]
;;! traps = "interrupted"

;; The deadline covers the instantiation, not only the calls after it.
(module
  (func $start (loop $l (br $l)))
  (start $start)
)
