;;! description = "uses the same fuel for the same work, one unit for each instruction but the structural ones"
;;! [limits]
;;! fuel = 10000
;;!
;;! [[check]]
;;! call = "nothing"
;;! returns = ""
;;! fuel = 1
;;!
;;! [[check]]
;;! call = "one"
;;! returns = "(i32.const 1)"
;;! fuel = 2
;;!
;;! [[check]]
;;! call = "branchy"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 10)"
;;! fuel = 4
;;!
;;! [[check]]
;;! call = "branchy"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 20)"
;;! fuel = 6
;;!
;;! [[check]]
;;! call = "loop"
;;! args = "(i32.const 1)"
;;! returns = ""
;;! fuel = 6
;;!
;;! [[check]]
;;! call = "loop"
;;! args = "(i32.const 2)"
;;! returns = ""
;;! fuel = 11
;;!
;;! [[check]]
;;! call = "loop"
;;! args = "(i32.const 101)"
;;! returns = ""
;;! fuel = 506
;;!
;;! [[check]]
;;! call = "trapping"
;;! traps = "unreachable"
;;! fuel = 2

;; Figures of Wasmtime 47: a call costs one unit at entry; nop, drop, block,
;; loop, else, end and unreachable are free; everything else costs one. Only
;; instructions that run are charged.
(module
  (func (export "nothing") (nop) (block))
  (func (export "one") (result i32) (i32.const 1))
  (func (export "branchy") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 10) (i32.const 10)))
      (else (i32.const 10))))
  ;; five instructions per round
  (func (export "loop") (param $n i32)
    (loop $l
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "trapping") (drop (i32.const 1)) (unreachable))
)
