;;! description = "traps when an active data segment ends one byte past the memory"
;;! [instantiate]
;;! traps = "out of bounds memory access"

;; The first segment fits exactly, the second does not; the start function,
;; which would trap otherwise, must not run.
(module
  (memory 1)
  (data (i32.const 65532) "fits")
  (data (i32.const 65533) "over")
  (func $start (unreachable))
  (start $start)
)
