;;! description = "scans an array in place, inclusively and exclusively, and undoes one with the differences"
;;!
;;! [[check]]
;;! call = "inclusive"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = "(i32.const 31)"
;;! memory = [{ at = 0, i32 = [3, 4, 8, 9, 14, 23, 25, 31, 77] }]
;;!
;;! [[check]]
;;! call = "differences"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [3, 1, 4, 1, 5, 9, 2, 6, 77] }]
;;!
;;! [[check]]
;;! call = "exclusive"
;;! args = "(i32.const 0) (i32.const 8)"
;;! returns = "(i32.const 31)"
;;! memory = [{ at = 0, i32 = [0, 3, 4, 8, 9, 14, 23, 25, 77] }]

;; Each step reads what the step before wrote: a loop-carried dependency
;; through a local, next to an in-place store to the address just loaded.
;; differences runs backwards, because forwards would destroy its own input.
(module
  (memory (export "memory") 1)
  (data (i32.const 0)
    "\03\00\00\00\01\00\00\00\04\00\00\00\01\00\00\00"
    "\05\00\00\00\09\00\00\00\02\00\00\00\06\00\00\00\4d\00\00\00")

  (func (export "inclusive") (param $p i32) (param $n i32) (result i32)
    (local $acc i32)
    (loop $next
      (i32.store (local.get $p)
        (local.tee $acc (i32.add (local.get $acc) (i32.load (local.get $p)))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $acc))

  (func (export "exclusive") (param $p i32) (param $n i32) (result i32)
    (local $acc i32) (local $v i32)
    (loop $next
      (local.set $v (i32.load (local.get $p)))
      (i32.store (local.get $p) (local.get $acc))
      (local.set $acc (i32.add (local.get $acc) (local.get $v)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $acc))

  (func (export "differences") (param $p i32) (param $n i32)
    (local $q i32)
    (local.set $q
      (i32.add (local.get $p) (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 2))))
    (loop $next
      (i32.store (local.get $q)
        (i32.sub
          (i32.load (local.get $q))
          (i32.load (i32.sub (local.get $q) (i32.const 4)))))
      (local.set $q (i32.sub (local.get $q) (i32.const 4)))
      (br_if $next (i32.gt_u (local.get $q) (local.get $p)))))
)
