;;! description = "waits on and notifies addresses of a shared memory, and grows it"
;;! proposals = ["threads"]
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 0) (i32.const 1) (i64.const -1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 0) (i32.const 0) (i64.const 1000)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 0) (i32.const 0) (i64.const 0)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "wait64"
;;! args = "(i32.const 8) (i64.const 0xffffffff00000000) (i64.const -1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "wait64"
;;! args = "(i32.const 8) (i64.const 0) (i64.const 1000)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "notify"
;;! args = "(i32.const 0) (i32.const -1)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "notify"
;;! args = "(i32.const 65532) (i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 2) (i32.const 0) (i64.const 0)"
;;! traps = "unaligned atomic"
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 65536) (i32.const 0) (i64.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "notify"
;;! args = "(i32.const 65536) (i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i32.const 65532) (i32.const 7)"
;;! returns = "(i32.const 0)"
;;! memory = [{ at = 65532, i32 = [7] }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i32.const 65536) (i32.const 9)"
;;! returns = "(i32.const 0)"
;;! memory = [{ at = 65532, i32 = [7, 9] }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"

;; 0 would be "woken", which cannot happen here; 1 is "not equal", which comes
;; at once even with an infinite timeout; 2 is "timed out".
(module
  (memory (export "memory") 1 2 shared)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "add") (param i32 i32) (result i32)
    (i32.atomic.rmw.add (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
)
