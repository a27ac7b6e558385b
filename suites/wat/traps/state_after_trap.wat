;;! description = "leaves the instance usable after traps, with all that was written before them"
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 0)"
;;! traps = "unreachable"
;;! memory = [{ at = 0, i32 = [1, 0] }]
;;!
;;! [[check]]
;;! call = "count"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 1)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 0, i32 = [2, 0] }]
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 2)"
;;! traps = "integer divide by zero"
;;! memory = [{ at = 0, i32 = [3, 0] }]
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 3)"
;;! traps = "uninitialized element"
;;! memory = [{ at = 0, i32 = [4, 0] }]
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 4)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [5, 5] }]
;;!
;;! [[check]]
;;! call = "count"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "set_then_trap"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! call = "write_then"
;;! args = "(i32.const 3)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "half_loop"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 131068, i32 = [9] }]

;; "write_then" counts in memory and in a global, grows the memory (the first
;; time), and only then traps in the way asked for. What a trap leaves behind
;; is seen by the next call: a table entry, a filled half of a range.
(module
  (memory (export "memory") 1 2)
  (table 1 funcref)
  (global $count (mut i32) (i32.const 0))
  (func $nop)
  (elem declare func $nop)

  (func (export "write_then") (param $how i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (global.set $count (i32.load (i32.const 0)))
    (drop (memory.grow (i32.const 1)))
    (block $fine
      (block $null
        (block $divide
          (block $bounds
            (block $unreachable
              (br_table $unreachable $bounds $divide $null $fine (local.get $how)))
            (unreachable))
          (i32.store (i32.const 131069) (i32.const -1)))
        (drop (i32.div_s (local.get $how) (i32.const 0))))
      (call_indirect (i32.const 0)))
    (i32.store (i32.const 4) (global.get $count)))

  (func (export "set_then_trap")
    (table.set (i32.const 0) (ref.func $nop))
    (unreachable))
  (func (export "half_loop")
    (local $at i32)
    (local.set $at (i32.const 131000))
    (loop $up
      (i32.store (local.get $at) (i32.const 9))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br $up)))
  (func (export "count") (result i32) (global.get $count))
  (func (export "size") (result i32) (memory.size))
)
