;;! description = "computes the same without optimization, where the optimizer has the most to say"
;;! [settings]
;;! opt-level = "none"
;;!
;;! [[check]]
;;! call = "fold"
;;! returns = "(i32.const -2147483648)"
;;!
;;! [[check]]
;;! call = "common"
;;! args = "(i32.const 7)"
;;! returns = "(i32.const 98)"
;;!
;;! [[check]]
;;! call = "branches"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "branches"
;;! args = "(i32.const -5)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "load_twice"
;;! args = "(i32.const 64)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "dead_trap"
;;! args = "(i32.const 0)"
;;! traps = "integer divide by zero"
;;!
;;! [[check]]
;;! call = "strength"
;;! args = "(i32.const -17)"
;;! returns = "(i32.const -2) (i32.const -1) (i32.const -136) (i32.const 15)"

;; Constant folding, common subexpressions, known branches, loads around a
;; store, a trap whose value is unused, and divisions by powers of two.
(module
  (memory 1)
  (func (export "fold") (result i32)
    (i32.add (i32.shl (i32.const 1) (i32.const 30)) (i32.shl (i32.const 1) (i32.const 30))))
  (func (export "common") (param i32) (result i32)
    (i32.add
      (i32.mul (local.get 0) (local.get 0))
      (i32.mul (local.get 0) (local.get 0))))
  (func (export "branches") (param i32) (result i32)
    (if (i32.gt_s (local.get 0) (i32.const 0))
      (then
        (if (i32.gt_s (local.get 0) (i32.const -1))
          (then (return (i32.const 1))))
        (return (i32.const 9))))
    (i32.const 2))
  (func (export "load_twice") (param i32) (result i32)
    (i32.store (local.get 0) (i32.const 1))
    (i32.load (local.get 0))
    (i32.store (i32.and (local.get 0) (i32.const -4)) (i32.const 2))
    (i32.add (i32.load (local.get 0))))
  (func (export "dead_trap") (param i32)
    (drop (i32.div_s (i32.const 1) (local.get 0))))
  (func (export "strength") (param i32) (result i32 i32 i32 i32)
    (i32.div_s (local.get 0) (i32.const 8))
    (i32.rem_s (local.get 0) (i32.const 8))
    (i32.mul (local.get 0) (i32.const 8))
    (i32.and (local.get 0) (i32.const 31)))
)
