;;! description = "loops without an end stop when the fuel does, in the threads that run them"
;;!
;;! [limits]
;;! fuel = 2_000
;;!
;;! [[check]]
;;! launch = "all"
;;! blocks = [2]
;;! threads = [32]
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "one"
;;! blocks = [2]
;;! threads = [32]
;;! traps = "out of fuel"
;;! thread = 45
;;! memory = [{ at = 0, i32-range = { count = 45, start = 1, step = 0 } }, { at = 180, i32 = [0, 1] }]
;;!
;;! [[check]]
;;! launch = "nested"
;;! threads = [8]
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "calls"
;;! threads = [8]
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! # A branch back through a table.
;;! [[check]]
;;! launch = "table"
;;! threads = [8]
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! # What copies takes fuel for each byte.
;;! [[check]]
;;! launch = "fills"
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! # Threads that wait for one that never comes: nobody hangs.
;;! [[check]]
;;! launch = "waits"
;;! threads = [8]
;;! traps = "out of fuel"
;;! thread = 0
;;!
;;! # The fuel is each launch's own.
;;! [[check]]
;;! launch = "short"
;;! threads = [32]
;;! repeat = 50
;;! returns = ""

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "barrier" (func $barrier))
  (memory (export "memory") 1)
  (func (export "all") (loop (br 0)))
  (func (export "one")
    (if (i32.eq (call $id) (i32.const 45)) (then (loop (br 0))))
    (i32.store (i32.shl (call $id) (i32.const 2)) (i32.const 1)))
  (func (export "nested") (loop $a (loop $b (br_if $b (call $id)) (br $a))))
  (func $leaf (call $noop))
  (func $noop)
  (func (export "calls") (loop (call $leaf) (br 0)))
  (func (export "table") (loop $a (block $b (br_table $a $b $a (i32.const 2)))))
  (func (export "fills") (memory.fill (i32.const 0) (i32.const 0) (i32.const 0x8000)))
  (func (export "waits")
    (if (i32.eqz (call $id)) (then (loop (br 0))))
    (call $barrier))
  (func (export "short") (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 1500))))))
