;;! description = "calls through a table: empty places, other signatures, indices beyond it, each in its thread"
;;!
;;! # Threads 0 and 1 find a function; 2 one of another type, 3 none, 4 no place.
;;! [[check]]
;;! launch = "call"
;;! threads = [2]
;;! args = "(i32.const 0)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [10, 20] }]
;;!
;;! [[check]]
;;! launch = "call"
;;! threads = [32]
;;! args = "(i32.const 0)"
;;! traps = "indirect call type mismatch"
;;! thread = 2
;;!
;;! [[check]]
;;! launch = "call"
;;! threads = [32]
;;! args = "(i32.const 3)"
;;! traps = "uninitialized element"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "call"
;;! threads = [32]
;;! args = "(i32.const 4)"
;;! traps = "out of bounds table access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "call"
;;! threads = [32]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds table access"
;;! thread = 0

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (type $number (func (result i32)))
  (table 4 4 funcref)
  (elem (i32.const 0) $ten $twenty $other)
  (func $ten (result i32) (i32.const 10))
  (func $twenty (result i32) (i32.const 20))
  (func $other (param i32))
  (func (export "call") (param $from i32)
    (i32.store (i32.shl (call $id) (i32.const 2))
      (call_indirect (type $number) (i32.add (call $id) (local.get $from))))))
