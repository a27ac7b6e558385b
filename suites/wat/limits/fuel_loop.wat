;;! description = "runs out of fuel in a loop, keeps what was done, and starts each call with a full tank"
;;! [limits]
;;! fuel = 20000
;;!
;;! [[check]]
;;! call = "forever"
;;! traps = "out of fuel"
;;!
;;! [[check]]
;;! call = "worked"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 1000)"
;;! returns = "(i64.const 500500)"
;;! fuel = { min = 1000, max = 20000 }
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 1000)"
;;! returns = "(i64.const 500500)"
;;! fuel = { min = 1000, max = 20000 }
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 1000000)"
;;! traps = "out of fuel"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 10)"
;;! returns = "(i64.const 55)"
;;! fuel = { max = 200 }

;; 20000 units. What the calls before used must not count: the second sum takes
;; as much as the first.
(module
  (global $n (mut i32) (i32.const 0))
  (func (export "forever")
    (loop $l
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (br $l)))
  (func (export "worked") (result i32) (i32.gt_u (global.get $n) (i32.const 100)))
  (func (export "sum") (param $k i32) (result i64)
    (local $sum i64)
    (loop $l
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $k))))
      (br_if $l (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
    (local.get $sum))
)
