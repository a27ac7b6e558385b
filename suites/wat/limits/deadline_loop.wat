;;! description = "interrupts endless loops at the deadline and lets the next call run"
;;! [limits]
;;! deadline-ms = 50
;;!
;;! [[check]]
;;! call = "count"
;;! traps = "interrupted"
;;!
;;! [[check]]
;;! call = "counted"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "tight"
;;! traps = "interrupted"
;;!
;;! [[check]]
;;! call = "nested"
;;! traps = "interrupted"
;;!
;;! [[check]]
;;! call = "finite"
;;! args = "(i32.const 1000)"
;;! returns = "(i64.const 500500)"
;;!
;;! [[check]]
;;! call = "count"
;;! traps = "interrupted"

;; A loop without a call or a memory access, one that counts, and one inside
;; another. Each call has a deadline of its own, and what the loop did before
;; it was interrupted remains.
(module
  (global $n (mut i64) (i64.const 0))
  (func (export "count")
    (loop $l
      (global.set $n (i64.add (global.get $n) (i64.const 1)))
      (br $l)))
  (func (export "counted") (result i32) (i64.gt_u (global.get $n) (i64.const 1000)))
  (func (export "tight") (loop $l (br $l)))
  (func (export "nested")
    (local $i i32)
    (loop $outer
      (local.set $i (i32.const 100))
      (loop $inner
        (br_if $inner (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (br $outer)))
  ;; well within the deadline
  (func (export "finite") (param $k i32) (result i64)
    (local $sum i64)
    (loop $l
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $k))))
      (br_if $l (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
    (local.get $sum))
)
