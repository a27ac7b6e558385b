;;! description = "thousands of launches that trap, each told the same way, and one that works behind them"
;;!
;;! [limits]
;;! fuel = 50_000
;;!
;;! [[check]]
;;! launch = "divide"
;;! blocks = [2]
;;! threads = [8]
;;! repeat = 1000
;;! traps = "integer divide by zero"
;;! thread = 11
;;!
;;! [[check]]
;;! launch = "beyond"
;;! blocks = [2]
;;! threads = [8]
;;! repeat = 1000
;;! traps = "out of bounds memory access"
;;! thread = 5
;;!
;;! [[check]]
;;! launch = "endless"
;;! repeat = 500
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "deep"
;;! repeat = 200
;;! traps = "call stack exhausted"
;;! thread = 0
;;!
;;! # What reads and changes one word ran in every launch, by threads that did not trap.
;;! [[check]]
;;! launch = "divide"
;;! blocks = [2]
;;! threads = [8]
;;! traps = "integer divide by zero"
;;! thread = 11
;;! memory = [{ at = 0, i32 = [15015] }]
;;!
;;! [[check]]
;;! launch = "fine"
;;! blocks = [4]
;;! threads = [64]
;;! returns = ""
;;! memory = [{ at = 1024, i32-range = { count = 256, start = 0, step = 1 } }]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (func (export "divide")
    (drop (i32.div_u (i32.const 1) (i32.sub (call $id) (i32.const 11))))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  (func (export "beyond")
    (drop (i32.load (i32.add (i32.const 65528) (call $id)))))
  (func (export "endless") (loop (br 0)))
  (func $down (param i32) (result i32)
    (i32.add (call $down (local.get 0)) (i32.const 1)))
  (func (export "deep") (drop (call $down (i32.const 0))))
  (func (export "fine")
    (i32.store offset=1024 (i32.shl (call $id) (i32.const 2)) (call $id))))
