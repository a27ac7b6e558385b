;;! description = "interrupts a recursion that runs for ages without going deep"
;;! [limits]
;;! deadline-ms = 50
;;!
;;! [[check]]
;;! call = "fib"
;;! args = "(i32.const 90)"
;;! traps = "interrupted"
;;!
;;! [[check]]
;;! call = "fib"
;;! args = "(i32.const 20)"
;;! returns = "(i32.const 6765)"
;;!
;;! [[check]]
;;! call = "depth"
;;! returns = "(i32.const 1)"

;; Naive Fibonacci: never deeper than 90 frames, but of the order of 10^18
;; calls. There is no loop: the check must be at function entries, too.
(module
  (global $depth (mut i32) (i32.const 0))
  (global $deepest (mut i32) (i32.const 0))
  (func $fib (export "fib") (param $n i32) (result i32)
    (local $r i32)
    (if (i32.lt_u (local.get $n) (i32.const 2)) (then (return (local.get $n))))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (if (i32.gt_u (global.get $depth) (global.get $deepest))
      (then (global.set $deepest (global.get $depth))))
    (local.set $r
      (i32.add
        (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2)))))
    (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
    (local.get $r))
  ;; 89 frames at most in the first call; the second one starts from the depth
  ;; at which the first was cut off
  (func (export "depth") (result i32)
    (i32.and
      (i32.ge_u (global.get $deepest) (i32.const 80))
      (i32.lt_u (global.get $deepest) (i32.const 120))))
)
