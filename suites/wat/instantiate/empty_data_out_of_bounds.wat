;;! description = "traps when even an empty active data segment lies beyond the end of a memory of no pages"
;;! [instantiate]
;;! traps = "out of bounds memory access"

;; At 0, the end, the first is fine; the second starts past the end.
(module
  (memory 0)
  (data (i32.const 0) "")
  (data (i32.const 1) "")
)
