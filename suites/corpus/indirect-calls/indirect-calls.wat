;; with lib/bench.wat
;;
;; Calls through a table, each time to the function that the last result and a
;; generator of random numbers (xorshift32, Marsaglia 2003) choose: no
;; predictor of branches knows it. Input: calls, seed (not zero).

(type $step (func (param i32 i32) (result i32)))
(memory (export "memory") 1)
(table 16 16 funcref)
(elem (i32.const 0)
  $f0 $f1 $f2 $f3 $f4 $f5 $f6 $f7
  $f8 $f9 $f10 $f11 $f12 $f13 $f14 $f15)
(global $calls (mut i32) (i32.const 0))
(global $state (mut i32) (i32.const 0))
(global $x (mut i32) (i32.const 0))

(func $f0 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.add (local.get $x) (i32.const 0x9e3779b9)))
(func $f1 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.xor (local.get $x) (i32.const 0x5bd1e995)))
(func $f2 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.mul (local.get $x) (i32.const 0x85ebca6b)))
(func $f3 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.rotl (local.get $x) (i32.const 7)))
(func $f4 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.sub (i32.const 0x27d4eb2f) (local.get $x)))
(func $f5 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 15))))
(func $f6 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.add (local.get $x) (i32.shl (local.get $x) (i32.const 3))))
(func $f7 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.rotr (local.get $x) (i32.const 11)))
(func $f8 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.xor (i32.const -1) (local.get $x)))
(func $f9 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.add (local.get $x) (local.get $y)))
(func $f10 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.xor (local.get $x) (local.get $y)))
(func $f11 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.mul (local.get $x) (i32.or (local.get $y) (i32.const 1))))
(func $f12 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.rotl (local.get $x) (local.get $y)))
(func $f13 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.sub (local.get $x) (local.get $y)))
(func $f14 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.add (i32.mul (local.get $x) (i32.const 5)) (local.get $y)))
(func $f15 (type $step) (param $x i32) (param $y i32) (result i32)
  (i32.xor (i32.rotl (local.get $x) (i32.const 13)) (local.get $y)))

(func $prepare
  (global.set $calls (call $number))
  (global.set $state (call $number))
  (call $must (i32.eqz (global.get $state))))

(func $work
  (local $i i32) (local $x i32) (local $y i32)
  (local.set $y (global.get $state))
  (loop $next
    (local.set $y (i32.xor (local.get $y) (i32.shl (local.get $y) (i32.const 13))))
    (local.set $y (i32.xor (local.get $y) (i32.shr_u (local.get $y) (i32.const 17))))
    (local.set $y (i32.xor (local.get $y) (i32.shl (local.get $y) (i32.const 5))))
    (local.set $x
      (call_indirect (type $step)
        (local.get $x)
        (local.get $y)
        (i32.and (i32.xor (local.get $x) (local.get $y)) (i32.const 15))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (global.get $calls))))
  (global.set $x (local.get $x)))

(func $answer
  (call $print_hex (i64.extend_i32_u (global.get $x)) (i32.const 8)))
