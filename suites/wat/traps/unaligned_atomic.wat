;;! description = "traps on atomic accesses at addresses that are not multiples of their width"
;;! proposals = ["threads"]
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 4)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 2)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 5)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "load16"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "load16"
;;! args = "(i32.const 3)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "load8"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "load64"
;;! args = "(i32.const 4)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "load64"
;;! args = "(i32.const 8)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "store32"
;;! args = "(i32.const 6)"
;;! traps = "unaligned atomic"
;;! memory = [{ at = 4, i32 = [0, 0] }]
;;!
;;! [[check]]
;;! call = "add64"
;;! args = "(i32.const 12)"
;;! traps = "unaligned atomic"
;;! memory = [{ at = 8, i64 = [0, 0] }]
;;!
;;! [[check]]
;;! call = "cas32"
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "offset"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "offset"
;;! args = "(i32.const 4)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "notify"
;;! args = "(i32.const 2)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "plain"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "load32"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"

;; The effective address counts, offset included. Plain accesses next to them
;; may be unaligned as ever.
(module
  (memory (export "memory") 1 1)
  (func (export "load8") (param i32) (result i32) (i32.atomic.load8_u (local.get 0)))
  (func (export "load16") (param i32) (result i32) (i32.atomic.load16_u (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "load64") (param i32) (result i64) (i64.atomic.load (local.get 0)))
  (func (export "store32") (param i32) (i32.atomic.store (local.get 0) (i32.const -1)))
  (func (export "add64") (param i32) (result i64) (i64.atomic.rmw.add (local.get 0) (i64.const 1)))
  (func (export "cas32") (param i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get 0) (i32.const 0) (i32.const 1)))
  (func (export "offset") (param i32) (result i32) (i32.atomic.load offset=6 (local.get 0)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify (local.get 0) (i32.const 1)))
  (func (export "plain") (param i32) (result i32) (i32.load (local.get 0)))
)
