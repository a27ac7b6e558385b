;;! description = "barriers that not all threads of a block reach end with a trap, never with a wait"
;;!
;;! # Thread 9 of the second block has ended; its neighbours wait for it.
;;! [[check]]
;;! launch = "left_by_one"
;;! blocks = [3]
;;! threads = [16]
;;! args = "(i32.const 25)"
;;! traps = "barrier not reached by all threads of the block"
;;! thread = 16
;;!
;;! # The same if it trapped, which is told only if its number is the smallest.
;;! [[check]]
;;! launch = "trapped"
;;! blocks = [3]
;;! threads = [16]
;;! args = "(i32.const 16)"
;;! traps = "integer divide by zero"
;;! thread = 16
;;!
;;! # Half of the threads wait once more than the others.
;;! [[check]]
;;! launch = "uneven"
;;! threads = [64]
;;! traps = "barrier not reached by all threads of the block"
;;! thread = 0
;;!
;;! # Each from its own place: that is no other barrier.
;;! [[check]]
;;! launch = "two_places"
;;! threads = [64]
;;! returns = ""
;;! memory = [{ at = 0, i32 = [64] }]
;;!
;;! [[check]]
;;! launch = "together"
;;! blocks = [3]
;;! threads = [64]
;;! repeat = 20
;;! returns = ""

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "barrier" (func $barrier))
  (memory (export "memory") 1)
  (func (export "left_by_one") (param i32)
    (if (i32.eq (call $id) (local.get 0)) (then (return)))
    (call $barrier))
  (func (export "trapped") (param i32)
    (if (i32.eq (call $id) (local.get 0))
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (call $barrier))
  (func (export "uneven")
    (call $barrier)
    (if (i32.lt_u (call $id) (i32.const 32)) (then (call $barrier))))
  (func (export "two_places")
    (if (i32.and (call $id) (i32.const 1))
      (then (call $barrier))
      (else (call $barrier)))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  (func (export "together")
    (call $barrier)
    (call $barrier)
    (call $barrier)))
