;;! description = "multiplies numbers of many 32-bit limbs with carries that run the whole length"
;;!
;;! [[check]]
;;! call = "multiply"
;;! args = "(i32.const 0) (i32.const 4) (i32.const 16) (i32.const 2) (i32.const 64)"
;;! returns = "(i32.const 6)"
;;! memory = [{ at = 64, i32 = [1, 0, -1, -1, -2, -1, 305419896] }]
;;!
;;! [[check]]
;;! call = "factorial"
;;! args = "(i32.const 60)"
;;! returns = "(i32.const 9)"
;;! memory = [{ at = 1024, bytes = "00 00 00 00 00 00 00 87 f8 16 55 3c fe 2e 9c 88 9d de 42 c7 53 86 8e d5 e0 cf 5d 52 9f 00 7f 72 b5 18 01 00" }]
;;!
;;! [[check]]
;;! call = "factorial_squared"
;;! args = "(i32.const 60)"
;;! returns = "(i32.const 18)"
;;! memory = [{ at = 2048, bytes = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 31 d7 79 4e 61 a6 bc 6c a7 ff 3f 1d d1 c6 c2 21 71 b6 58 35 38 87 ee f5 cd 90 46 f2 93 6a ea 6a 02 b4 b5 5a 21 f2 3b 7e b0 ab 75 70 d3 32 07 c1 28 ec 10 6b cd 33 01 00 00 00" }]

;; Schoolbook multiplication, least significant limb first. A step computes
;; a * b + old + carry, which just fits 64 bits: (2^32-1)^2 + 2 (2^32-1) is
;; 2^64 - 1. All-ones operands reach that bound.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff")  ;; 2^128 - 1
  (data (i32.const 16) "\ff\ff\ff\ff\ff\ff\ff\ff")                          ;; 2^64 - 1
  ;; the old contents of the output, which must be cleared, and a limb past it
  (data (i32.const 64) "\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\aa\78\56\34\12")

  ;; out[0 .. n+m) = a[0 .. n) * b[0 .. m); returns the significant limbs
  (func $multiply (export "multiply")
    (param $a i32) (param $n i32) (param $b i32) (param $m i32) (param $out i32) (result i32)
    (local $i i32) (local $j i32) (local $x i64) (local $t i64) (local $p i32)
    (memory.fill (local.get $out) (i32.const 0)
      (i32.shl (i32.add (local.get $n) (local.get $m)) (i32.const 2)))
    (loop $outer
      (local.set $x (i64.load32_u (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 2)))))
      (local.set $t (i64.const 0))
      (local.set $j (i32.const 0))
      (local.set $p (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 2))))
      (loop $inner
        ;; the carry is the upper half of the last step
        (local.set $t
          (i64.add
            (i64.shr_u (local.get $t) (i64.const 32))
            (i64.add
              (i64.load32_u (local.get $p))
              (i64.mul (local.get $x)
                (i64.load32_u (i32.add (local.get $b) (i32.shl (local.get $j) (i32.const 2))))))))
        (i64.store32 (local.get $p) (local.get $t))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $inner (i32.lt_u (local.get $j) (local.get $m))))
      (i64.store32 (local.get $p) (i64.shr_u (local.get $t) (i64.const 32)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
    (local.set $i (i32.add (local.get $n) (local.get $m)))
    (block $stop
      (loop $trim
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (br_if $stop (i32.load (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 2)))))
        (br_if $trim (local.get $i))))
    (i32.add (local.get $i) (i32.const 1)))

  ;; k! at 1024, by repeated multiplication with one limb at 512
  (func $factorial (export "factorial") (param $k i32) (result i32)
    (local $f i32) (local $n i32)
    (i32.store (i32.const 1024) (i32.const 1))
    (local.set $n (i32.const 1))
    (loop $next
      (local.set $f (i32.add (local.get $f) (i32.const 1)))
      (i32.store (i32.const 512) (local.get $f))
      (local.set $n
        (call $multiply (i32.const 1024) (local.get $n) (i32.const 512) (i32.const 1) (i32.const 1536)))
      (memory.copy (i32.const 1024) (i32.const 1536) (i32.shl (local.get $n) (i32.const 2)))
      (br_if $next (i32.lt_u (local.get $f) (local.get $k))))
    (local.get $n))

  (func (export "factorial_squared") (param $k i32) (result i32)
    (local $n i32)
    (local.set $n (call $factorial (local.get $k)))
    (call $multiply (i32.const 1024) (local.get $n) (i32.const 1024) (local.get $n) (i32.const 2048)))
)
