;;! description = "runs the start function after the data and element segments, once, before any call"
;;!
;;! [[check]]
;;! get = "seen"
;;! returns = "(i32.const 0x64636261)"
;;!
;;! [[check]]
;;! get = "answer"
;;! returns = "(i32.const 42)"
;;!
;;! [[check]]
;;! call = "runs"
;;! returns = "(i32.const 1)"
;;! memory = [{ at = 0, text = "abcd" }, { at = 8, text = "dcba" }]
;;!
;;! [[check]]
;;! call = "start"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "runs"
;;! returns = "(i32.const 2)"

;; The start function reads an active data segment, calls through an active
;; element segment, and leaves its results in globals and memory. It is an
;; ordinary function too, which may be exported and called again.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "abcd")
  (table 2 funcref)
  (elem (i32.const 1) $forty_two)
  (global $seen (export "seen") (mut i32) (i32.const 0))
  (global $answer (export "answer") (mut i32) (i32.const 0))
  (global $runs (mut i32) (i32.const 0))

  (func $forty_two (result i32) (i32.const 42))

  (func $start (export "start")
    (local $i i32)
    (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
    (global.set $seen (i32.load (i32.const 0)))
    (global.set $answer (call_indirect (result i32) (i32.const 1)))
    (loop $reverse
      (i32.store8 (i32.sub (i32.const 11) (local.get $i)) (i32.load8_u (local.get $i)))
      (br_if $reverse
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4)))))
  (start $start)

  (func (export "runs") (result i32) (global.get $runs))
)
