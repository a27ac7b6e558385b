;; with lib/bench.wat
;;
;; Fibonacci numbers by two recursive calls, which no compiler of C could turn
;; into a loop. Input: repetitions, which number. Repetition i computes the
;; number fib(n - i mod 4); the answer is their sum, shifted by one bit between
;; repetitions.

(memory (export "memory") 1)
(global $repetitions (mut i32) (i32.const 0))
(global $n (mut i32) (i32.const 0))
(global $sum (mut i64) (i64.const 0))

(func $fib (param $n i32) (result i64)
  (if (result i64) (i32.lt_u (local.get $n) (i32.const 2))
    (then (i64.extend_i32_u (local.get $n)))
    (else
      (i64.add
        (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2)))))))

(func $prepare
  (global.set $repetitions (call $number))
  (global.set $n (call $number))
  (call $must (i32.lt_u (global.get $n) (i32.const 4))))

(func $work
  (local $i i32)
  (loop $next
    (global.set $sum
      (i64.add
        (i64.rotl (global.get $sum) (i64.const 1))
        (call $fib (i32.sub (global.get $n) (i32.and (local.get $i) (i32.const 3))))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (global.get $repetitions)))))

(func $answer
  (call $print_hex (global.get $sum) (i32.const 16)))
