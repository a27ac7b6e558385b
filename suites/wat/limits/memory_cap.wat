;;! description = "lets memory.grow reach the cap of the embedder and not pass it, below the declared maximum"
;;! [limits]
;;! memory-bytes = 262144
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "poke"
;;! args = "(i32.const 262140)"
;;! returns = ""
;;! memory = [{ at = 262140, i32 = [-1] }]
;;!
;;! [[check]]
;;! call = "poke"
;;! args = "(i32.const 262141)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 4)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 4)"

;; The module declares 100 pages, the cap allows 256 KiB: four pages.
(module
  (memory (export "memory") 1 100)
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "poke") (param i32) (i32.store (local.get 0) (i32.const -1)))
)
