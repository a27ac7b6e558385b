;;! description = "ends a call by an exception that nobody catches, after which the instance goes on"
;;! proposals = ["exceptions"]
;;!
;;! [[check]]
;;! call = "throw"
;;! args = "(i32.const 7)"
;;! throws = true
;;! memory = [{ at = 0, i32 = [7] }]
;;!
;;! [[check]]
;;! call = "read"
;;! returns = "(i32.const 7)"
;;!
;;! [[check]]
;;! call = "through"
;;! args = "(i32.const 50)"
;;! throws = true
;;!
;;! [[check]]
;;! call = "wrong_tag"
;;! args = "(i32.const 1)"
;;! throws = true
;;!
;;! [[check]]
;;! call = "from_handler"
;;! throws = true
;;!
;;! [[check]]
;;! call = "wrong_tag"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "traps_pass"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! call = "read"
;;! returns = "(i32.const 50)"

;; Through fifty frames; past a handler for another tag; out of a handler. A
;; trap is no exception: catch_all does not catch it.
(module
  (memory (export "memory") 1)
  (tag $t (param i32))
  (tag $u)
  (func $throw (export "throw") (param i32)
    (i32.store (i32.const 0) (local.get 0))
    (throw $t (local.get 0)))
  (func (export "read") (result i32) (i32.load (i32.const 0)))
  (func (export "through") (param i32) (result i32)
    (call $down (local.get 0) (local.get 0)))
  (func $down (param $n i32) (param $v i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (call $throw (local.get $v))))
    (i32.add (i32.const 1)
      (call $down (i32.sub (local.get $n) (i32.const 1)) (local.get $v))))
  (func (export "wrong_tag") (param i32) (result i32)
    (block $h
      (try_table (catch $u $h)
        (if (local.get 0) (then (throw $t (i32.const 1)))))
      (return (i32.const 0)))
    (i32.const 9))
  (func (export "from_handler")
    (block $h
      (try_table (catch $u $h) (throw $u)))
    (throw $u))
  (func (export "traps_pass")
    (block $h
      (try_table (catch_all $h) (unreachable))))
)
