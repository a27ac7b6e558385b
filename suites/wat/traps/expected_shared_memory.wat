;;! description = "traps on atomic waits on a memory that is not shared, where notify and arithmetic are fine"
;;! proposals = ["threads"]
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 0)"
;;! traps = "expected shared memory"
;;!
;;! [[check]]
;;! call = "wait64"
;;! args = "(i32.const 8)"
;;! traps = "expected shared memory"
;;!
;;! [[check]]
;;! call = "notify"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "wait32"
;;! args = "(i32.const 0)"
;;! traps = "expected shared memory"
;;! memory = [{ at = 0, i32 = [10] }]

;; Nobody else could ever wake the waiter, so the wait is refused, also where
;; the value differs or the timeout is zero and it would return at once.
(module
  (memory (export "memory") 1)
  (func (export "wait32") (param i32) (result i32)
    (memory.atomic.wait32 (local.get 0) (i32.const 1234) (i64.const 0)))
  (func (export "wait64") (param i32) (result i32)
    (memory.atomic.wait64 (local.get 0) (i64.const 0) (i64.const 1000)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify (local.get 0) (i32.const 1)))
  (func (export "add") (param i32) (result i32)
    (i32.atomic.rmw.add (local.get 0) (i32.const 5)))
)
