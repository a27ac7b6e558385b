;;! description = "fails to instantiate a module whose memory starts out larger than the cap"
;;! [limits]
;;! memory-bytes = 131072
;;!
;;! [instantiate]
;;! fails = "limit"

;; Three pages at least, where two are allowed. The start function would trap,
;; but is never reached.
(module
  (memory 3 10)
  (func $start (unreachable))
  (start $start)
)
