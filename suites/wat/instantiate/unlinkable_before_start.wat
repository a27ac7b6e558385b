;;! description = "reports a missing memory at link time, before segments are written or the start function runs"
;;! [instantiate]
;;! fails = "unlinkable"

;; The data segment would be out of bounds and the start function would trap:
;; linking fails first.
(module
  (import "env" "memory" (memory 1 2))
  (data (i32.const -1) "x")
  (func $start (unreachable))
  (start $start)
)
