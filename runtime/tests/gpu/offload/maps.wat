;; Loops that are maps, each written in another way.
(module
  (memory (export "memory") 1 2)
  (global $two (mut i32) (i32.const 2))

  ;; y[i] = a * x[i] + y[i], with the test first and an index.
  (func (export "saxpy") (param $n i32) (param $a f32) (param $x i32) (param $y i32)
    (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (f32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2)))
          (f32.add
            (f32.mul (local.get $a)
              (f32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))))
            (f32.load (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next))))

  ;; Pointers that are bumped, a count that goes down, the test last.
  (func (export "copy") (param $n i32) (param $from i32) (param $to i32)
    (if (local.get $n) (then
      (loop $next
        (i64.store (local.get $to) (i64.load (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.sub (local.get $to) (i32.const -8)))
        (br_if $next
          (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))

  ;; Bytes up to an address; gives it.
  (func (export "fill") (param $to i32) (param $end i32) (param $byte i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $to) (local.get $end)))
        (i32.store8 (local.get $to) (local.get $byte))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $next)))
    (local.get $to))

  ;; Every so manieth element.
  (func (export "strided") (param $n i32) (param $at i32) (param $stride i32)
    (loop $next
      (i32.store (local.get $at) (i32.mul (local.get $n) (i32.const 0x9e3779b1)))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (i32.gt_s (local.get $n) (i32.const 0)))))

  ;; Two fields, the second from both.
  (func (export "fields") (param $n i32) (param $p i32) (local $i i32) (local $q i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.lt_s (local.get $i) (local.get $n))))
        (local.set $q (i32.add (local.get $p) (i32.mul (local.get $i) (i32.const 12))))
        (f32.store offset=4 (local.get $q)
          (f32.sub (f32.load (local.get $q)) (f32.load offset=4 (local.get $q))))
        (i32.store16 offset=8 (local.get $q) (i32.load16_u offset=10 (local.get $q)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next))))

  ;; In place, without a sign, from the last to the first.
  (func (export "backwards") (param $n i32) (param $x i32)
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (block $done
      (loop $next
        (br_if $done (i32.lt_s (local.get $n) (i32.const 0)))
        (i32.store (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2)))
          (i32.xor (local.get $n)
            (i32.load (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))))
        (local.set $n (i32.add (local.get $n) (i32.const -1)))
        (br $next))))

  ;; Every third; gives where the index stands in the end.
  (func (export "thirds") (param $n i32) (param $x i32) (result i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store8 (i32.add (local.get $x) (local.get $i)) (local.get $i))
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br $next)))
    (local.get $i))

  ;; What is done depends on what is read; the iteration goes on in two places.
  (func (export "clamp") (param $n i32) (param $x i32) (local $v i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $v (i32.load (local.get $x)))
        (block $stored
          (if (i32.lt_s (local.get $v) (i32.const 0))
            (then
              (local.set $v (i32.const 0)))
            (else
              (br_if $stored (i32.lt_s (local.get $v) (i32.const 0x10000000)))
              (local.set $v (i32.const 0x10000000))))
          (i32.store (local.get $x) (local.get $v)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (br $next))))

  ;; By a table of four; two of the ways are one.
  (func (export "table") (param $n i32) (param $x i32) (local $i i32) (local $v i32)
    (loop $next
      (local.set $v (i32.load8_u (i32.add (local.get $x) (local.get $i))))
      (block $end
        (block $0 (block $1 (block $2
          (br_table $0 $1 $2 $0 $end (i32.and (local.get $v) (i32.const 7))))
          (local.set $v (i32.add (local.get $v) (i32.const 100))) (br $end))
          (local.set $v (i32.mul (local.get $v) (local.get $v))) (br $end))
        (local.set $v (i32.const 1)))
      (i32.store8 (i32.add (local.get $x) (local.get $i)) (local.get $v))
      (br_if $next (i32.ne (local.get $n)
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))))))

  ;; An index of 64 bits, and one of 32 bits that is made longer.
  (func (export "long") (param $n i64) (param $x i32) (local $i i64) (local $j i32)
    (block $done
      (loop $next
        (br_if $done (i64.ge_s (local.get $i) (local.get $n)))
        (i64.store
          (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get $x))
            (i64.shl (i64.extend_i32_s (local.get $j)) (i64.const 3))))
          (i64.mul (local.get $i) (i64.const 0x123456789abcdef)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br $next))))

  ;; What is before and after a loop: reads, floats, a global, stores of its own.
  (func (export "around") (param $n i32) (param $x i32) (result i32 f64)
    (local $i i32) (local $a f32) (local $first i32)
    (local.set $first (i32.load16_s (i32.const 0)))
    (local.set $a (f32.mul (f32.load (i32.const 4)) (f32.load (i32.const 4))))
    (f32.store (i32.const 8) (f32.div (local.get $a) (f32.load (i32.const 12))))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 7) (f64.const 0.5))))
    (loop $next
      (f32.store (i32.add (local.get $x)
          (i32.mul (i32.shl (local.get $i) (global.get $two)) (memory.size)))
        (f32.add (local.get $a) (f32.load (i32.const 8))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (i32.store (i32.const 8) (i32.load (i32.const 8)))
    (i32.add (local.get $first) (local.get $i))
    (f64.promote_f32 (f32.sqrt (f32.convert_i32_s (local.get $n)))))

  ;; Two loops; the second one goes over what the first has written.
  (func (export "two") (param $n i32) (param $x i32) (local $i i32)
    (loop $next
      (i32.store8 (i32.add (local.get $x) (local.get $i))
        (i32.load8_u (i32.add (local.get $x) (local.get $i)) ) )
      (i32.store8 offset=1024 (i32.add (local.get $x) (local.get $i)) (local.get $i))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (loop $next
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (i32.store8 (i32.add (local.get $x) (local.get $i))
        (i32.load8_u offset=1024
          (i32.add (local.get $x) (i32.sub (local.get $n) (local.get $i)))))
      (br_if $next (local.get $i))))

  ;; A division that cannot trap.
  (func (export "tenths") (param $n i32) (param $x i32)
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $n) (i32.const 0)))
        (i32.store (local.get $x) (i32.rem_s
          (i32.div_s (i32.load (local.get $x)) (i32.const 10)) (i32.const -1)))
        (i32.store8 offset=3 (local.get $x)
          (i32.rem_u (i32.load8_u (local.get $x)) (i32.const 7)))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next))))

  ;; Unrolled by two, with `or` as an addition.
  (func (export "unrolled") (param $n i32) (param $x i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store16 (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 1)))
          (local.get $i))
        (i32.store16 (i32.add (local.get $x)
            (i32.shl (i32.or (local.get $i) (i32.const 1)) (i32.const 1)))
          (i32.const -1))
        (local.set $i (i32.add (local.get $i) (i32.const 2)))
        (br $next))))

  ;; Everything that arithmetic has: what is written as a kernel is the same.
  (func (export "numbers") (param $n i32) (param $x i32) (local $i i32)
    (local $a i64) (local $b i64) (local $f f32) (local $g f64) (local $h i32)
    (loop $next
      (local.set $a (i64.load (local.get $x)))
      (local.set $b (i64.load offset=8 (local.get $x)))
      (local.set $h (i32.load offset=5 align=1 (local.get $x)))
      (local.set $f (f32.load offset=3 align=1 (local.get $x)))
      (local.set $g (f64.load offset=8 (local.get $x)))
      (i64.store (local.get $x)
        (i64.xor
          (i64.add
            (i64.xor (i64.mul (i64.clz (local.get $a)) (i64.ctz (local.get $b)))
              (i64.rotl (i64.popcnt (local.get $a)) (local.get $b)))
            (i64.or
              (i64.shr_s (local.get $a) (local.get $b))
              (i64.and (i64.shr_u (local.get $b) (local.get $a))
                (i64.rotr (i64.shl (local.get $a) (local.get $a)) (local.get $b)))))
          (i64.sub
            (i64.extend8_s (local.get $a))
            (i64.add (i64.extend16_s (local.get $b)) (i64.extend32_s (local.get $a))))))
      (i32.store offset=8 (local.get $x)
        (i32.add
          (i32.rotl (i32.clz (local.get $h)) (i32.rotr (local.get $h) (i32.ctz (local.get $h))))
          (i32.sub
            (i32.xor (i32.popcnt (local.get $h)) (i32.extend8_s (local.get $h)))
            (i32.mul (i32.shr_s (local.get $h) (i32.const 3))
              (i32.or (i32.shr_u (local.get $h) (i32.extend16_s (local.get $h)))
                (i32.wrap_i64 (local.get $b)))))))
      (f32.store offset=12 (local.get $x)
        (f32.add
          (f32.min (f32.sqrt (f32.abs (local.get $f)))
            (f32.max (f32.convert_i32_s (local.get $h)) (f32.demote_f64 (local.get $g))))
          (f32.sub
            (f32.copysign (f32.ceil (local.get $f)) (f32.floor (local.get $f)))
            (f32.div (f32.neg (f32.trunc (local.get $f)))
              (f32.mul (f32.nearest (local.get $f)) (f32.convert_i64_u (local.get $b)))))))
      (f64.store offset=16 (local.get $x)
        (f64.add
          (f64.min (f64.sqrt (f64.abs (local.get $g)))
            (f64.max (f64.convert_i32_u (local.get $h)) (f64.promote_f32 (local.get $f))))
          (f64.sub
            (f64.copysign (f64.ceil (local.get $g)) (f64.floor (local.get $g)))
            (f64.div (f64.neg (f64.trunc (local.get $g)))
              (f64.mul (f64.nearest (local.get $g)) (f64.convert_i64_s (local.get $b)))))))
      (i64.store offset=24 (local.get $x)
        (i64.add (i64.add (i64.trunc_sat_f32_s (local.get $f)) (i64.trunc_sat_f32_u (local.get $f)))
          (i64.add (i64.trunc_sat_f64_s (local.get $g)) (i64.trunc_sat_f64_u (local.get $g)))))
      (i32.store offset=32 (local.get $x)
        (i32.add
          (i32.xor (i32.trunc_sat_f32_s (local.get $f)) (i32.trunc_sat_f32_u (local.get $f)))
          (i32.xor (i32.trunc_sat_f64_s (local.get $g)) (i32.trunc_sat_f64_u (local.get $g)))))
      (i32.store offset=36 (local.get $x)
        (i32.add
          (i32.add
            (i32.add (i32.reinterpret_f32 (f32.reinterpret_i32 (local.get $h)))
              (i32.wrap_i64 (i64.reinterpret_f64 (f64.reinterpret_i64 (local.get $a)))))
            (i32.add
              (i32.add (i32.lt_s (local.get $h) (i32.const 5))
                (i32.shl (i32.lt_u (local.get $h) (i32.const 5)) (i32.const 1)))
              (i32.add
                (i32.shl (i64.gt_s (local.get $a) (local.get $b)) (i32.const 2))
                (i32.shl (i64.gt_u (local.get $a) (local.get $b)) (i32.const 3)))))
          (i32.add
            (i32.add
              (i32.shl (f32.le (local.get $f) (f32.const 1)) (i32.const 4))
              (i32.shl (f32.ne (local.get $f) (f32.const 1)) (i32.const 5)))
            (i32.add
              (i32.add
                (i32.shl (f64.ge (local.get $g) (f64.const 1)) (i32.const 6))
                (i32.shl (f64.eq (local.get $g) (f64.const 1)) (i32.const 7)))
              (i32.add
                (i32.shl (f64.gt (local.get $g) (f64.const 1)) (i32.const 8))
                (i32.add
                  (i32.shl (f32.lt (local.get $f) (f32.const 1)) (i32.const 9))
                  (i32.shl (select (i32.le_u (local.get $h) (i32.const 9))
                    (i64.ge_u (local.get $a) (i64.const 77))
                    (i64.ne (local.get $a) (local.get $b))) (i32.const 10))))))))
      (i64.store8 offset=40 (local.get $x) (i64.load8_s offset=1 (local.get $x)))
      (i64.store16 offset=42 (local.get $x)
        (i64.add (i64.load16_s offset=2 (local.get $x)) (i64.load16_u offset=4 (local.get $x))))
      (i64.store32 offset=44 (local.get $x)
        (i64.add (i64.load32_s offset=6 (local.get $x)) (i64.load32_u offset=7 (local.get $x))))
      (i32.store16 offset=40 (local.get $x)
        (i32.add (i32.load8_s offset=40 (local.get $x)) (i32.load16_s offset=41 (local.get $x))))
      (i64.store offset=48 (local.get $x)
        (i64.add (i64.extend_i32_s (local.get $h))
          (i64.add (i64.extend_i32_u (local.get $h)) (i64.load8_u offset=9 (local.get $x)))))
      (f32.store offset=56 (local.get $x)
        (f32.add (f32.convert_i32_u (local.get $h)) (f32.convert_i64_s (local.get $a))))
      (f64.store offset=60 align=1 (local.get $x)
        (f64.add (f64.convert_i32_s (local.get $h)) (f64.convert_i64_u (local.get $a))))
      (local.set $x (i32.add (local.get $x) (i32.const 68)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (local.get $n)))))
)
