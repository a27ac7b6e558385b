;;! description = "rounds a cap that is no multiple of the page size down to whole pages"
;;! [limits]
;;! memory-bytes = 196607
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 2)"

;; 196607 bytes are one byte less than three pages.
(module
  (memory 1)
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)
