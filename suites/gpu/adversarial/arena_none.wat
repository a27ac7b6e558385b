;;! description = "a memory of no page: every access traps, and nothing is read or written"
;;!
;;! [[check]]
;;! launch = "load"
;;! threads = [32]
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "store"
;;! threads = [32]
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "add"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 0)"
;;!
;;! # It cannot grow; nor can a thread make it.
;;! [[check]]
;;! call = "grow"
;;! returns = "(i32.const -1)"

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 0 0)
  (func (export "load") (drop (i32.load8_u (call $id))))
  (func (export "store") (i64.store (call $id) (i64.const -1)))
  (func (export "add") (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  (func (export "fill") (param i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
