;;! description = "writes active data segments in order, overlapping, escaped, and up to the last byte"
;;!
;;! [[check]]
;;! call = "byte"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 97)"
;;! memory = [{ at = 0, text = "aXYZef" }, { at = 16, bytes = "00 09 0a 0d 22 27 5c ff e2 82 ac f0 9f 98 80" }, { at = 65533, text = "end" }]
;;!
;;! [[check]]
;;! call = "byte"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 122)"
;;!
;;! [[check]]
;;! call = "byte"
;;! args = "(i32.const 6)"
;;! returns = "(i32.const 0)"

;; Later segments overwrite earlier ones. A segment may be made of several
;; strings, may be empty (at the very end, too). Escapes give bytes or code points.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "abcdef")
  (data (i32.const 1) "X" "Y" "" "Z")
  (data (i32.const 16) "\00\t\n\r\"\'\\\ff\u{20ac}\u{1f600}")
  (data (i32.const 65533) "end")
  (data (i32.const 65536) "")
  (data (memory 0) (offset (i32.const 100)) "z")
  (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
)
