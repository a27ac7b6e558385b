;;! description = "evaluates operands from left to right, down to the order of their side effects and traps"
;;!
;;! [[check]]
;;! call = "binary"
;;! returns = "(i32.const -1)"
;;! memory = [{ at = 0, text = "ab" }]
;;!
;;! [[check]]
;;! call = "nested"
;;! returns = ""
;;! memory = [{ at = 0, text = "abcd" }, { at = 100, bytes = "05" }]
;;!
;;! [[check]]
;;! call = "indirect"
;;! returns = "(i32.const 3)"
;;! memory = [{ at = 0, text = "abc" }]
;;!
;;! [[check]]
;;! call = "load_before_store"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "global_before_call"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "first_trap_wins"
;;! traps = "integer divide by zero"
;;! memory = [{ at = 0, text = "a" }]
;;!
;;! [[check]]
;;! call = "address_after_value"
;;! traps = "unreachable"

;; $log appends a letter to the text at 0 and returns its second argument.
;; A compiler may move pure work around, but a value read before a call with
;; side effects must stay the old one.
(module
  (memory (export "memory") 1)
  (global $n (mut i32) (i32.const 0))
  (table funcref (elem $third))

  (func $log (param $letter i32) (param $value i32) (result i32)
    (i32.store8 (global.get $n) (local.get $letter))
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (local.get $value))
  (func $clear
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 64))
    (global.set $n (i32.const 0)))
  (func $third (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))

  (func (export "binary") (result i32)
    (call $clear)
    (i32.sub
      (call $log (i32.const 0x61) (i32.const 1))
      (call $log (i32.const 0x62) (i32.const 2))))

  ;; the address of a store comes before its value
  (func (export "nested")
    (call $clear)
    (i32.store8
      (i32.add
        (call $log (i32.const 0x61) (i32.const 60))
        (call $log (i32.const 0x62) (i32.const 40)))
      (i32.add
        (call $log (i32.const 0x63) (i32.const 2))
        (call $log (i32.const 0x64) (i32.const 3)))))

  ;; the index of an indirect call comes after the arguments
  (func (export "indirect") (result i32)
    (call $clear)
    (call_indirect (param i32 i32) (result i32)
      (call $log (i32.const 0x61) (i32.const 1))
      (call $log (i32.const 0x62) (i32.const 2))
      (call $log (i32.const 0x63) (i32.const 0))))

  (func (export "load_before_store") (result i32)
    (i32.store (i32.const 200) (i32.const 1))
    (i32.load (i32.const 200))
    (i32.store (i32.const 200) (i32.const 2)))

  (func $ten (result i32) (global.set $n (i32.const 10)) (i32.const 10))
  (func (export "global_before_call") (result i32)
    (global.set $n (i32.const 0))
    (i32.add (global.get $n) (call $ten)))

  ;; divides by zero before the load out of bounds, and logs only once
  (func (export "first_trap_wins") (result i32)
    (call $clear)
    (i32.add
      (i32.div_u (call $log (i32.const 0x61) (i32.const 1)) (i32.const 0))
      (i32.add
        (i32.load (i32.const -4))
        (call $log (i32.const 0x62) (i32.const 1)))))

  ;; the address is out of bounds, but the value traps before the store runs
  (func $never (result i32) (unreachable))
  (func (export "address_after_value")
    (i32.store (i32.const -4) (call $never)))
)
