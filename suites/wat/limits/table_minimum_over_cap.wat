;;! description = "fails to instantiate a module whose table starts out larger than the cap"
;;! [limits]
;;! table-elements = 100
;;!
;;! [instantiate]
;;! fails = "limit"

;; One element more than the cap of 100 at the start, without any table.grow.
(module
  (table 101 funcref)
  (func (export "f"))
)
