;;! description = "runs a state machine whose states are table entries that tail-call one another"
;;! proposals = ["tail-call"]
;;!
;;! [[check]]
;;! call = "accepts"
;;! args = "(i32.const 0) (i32.const 9)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "accepts"
;;! args = "(i32.const 16) (i32.const 4)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "accepts"
;;! args = "(i32.const 32) (i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "accepts"
;;! args = "(i32.const 48) (i32.const 7)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "long"
;;! args = "(i32.const 300000)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "jump"
;;! args = "(i32.const 4)"
;;! traps = "uninitialized element"
;;!
;;! [[check]]
;;! call = "jump"
;;! args = "(i32.const 5)"
;;! traps = "out of bounds table access"
;;!
;;! [[check]]
;;! call = "jump"
;;! args = "(i32.const 3)"
;;! traps = "indirect call type mismatch"

;; Accepts -?[0-9]+(\.[0-9]+)? : states 0 start, 1 after the sign, 2 digits; the
;; part after the point starts over in state 1 with the global set. Entry 3 has
;; another type, 4 is null. All the traps of call_indirect apply.
(module
  (memory 2)
  (data (i32.const 0) "-1234.567")
  (data (i32.const 16) "12a4")
  (data (i32.const 48) "0000000")
  (type $state (func (param i32 i32) (result i32)))
  (table 5 funcref)
  (elem (i32.const 0) $start $sign $digits $other)
  (global $point (mut i32) (i32.const 0))

  (func $go (param $state i32) (param $p i32) (param $n i32) (result i32)
    (return_call_indirect (type $state)
      (i32.add (local.get $p) (i32.const 1))
      (i32.sub (local.get $n) (i32.const 1))
      (local.get $state)))
  (func $is_digit (param $c i32) (result i32)
    (i32.lt_u (i32.sub (local.get $c) (i32.const 0x30)) (i32.const 10)))

  (func $start (type $state) (param $p i32) (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2d))
      (then (return_call $go (i32.const 1) (local.get $p) (local.get $n))))
    (return_call $sign (local.get $p) (local.get $n)))
  (func $sign (type $state) (param $p i32) (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (if (call $is_digit (i32.load8_u (local.get $p)))
      (then (return_call $go (i32.const 2) (local.get $p) (local.get $n))))
    (i32.const 0))
  (func $digits (type $state) (param $p i32) (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (if (call $is_digit (i32.load8_u (local.get $p)))
      (then (return_call $go (i32.const 2) (local.get $p) (local.get $n))))
    (if (i32.and
          (i32.eq (i32.load8_u (local.get $p)) (i32.const 0x2e))
          (i32.eqz (global.get $point)))
      (then
        (global.set $point (i32.const 1))
        (return_call $go (i32.const 1) (local.get $p) (local.get $n))))
    (i32.const 0))
  (func $other (param i32) (result i32) (local.get 0))

  (func $accepts (export "accepts") (param $p i32) (param $n i32) (result i32)
    (global.set $point (i32.const 0))
    (return_call $start (local.get $p) (local.get $n)))
  ;; grows the memory for a long run of digits
  (func (export "long") (param $n i32) (result i32)
    (drop (memory.grow (i32.const 5)))
    (memory.fill (i32.const 64) (i32.const 0x37) (local.get $n))
    (return_call $accepts (i32.const 64) (local.get $n)))
  (func (export "jump") (param i32) (result i32)
    (return_call $go (local.get 0) (i32.const 0) (i32.const 1)))
)
