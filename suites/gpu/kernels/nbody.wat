;;! description = "what 40 bodies pull each other by: square roots and divisions, through tiles"
;;!
;;! [[check]]
;;! call = "place"
;;! args = "(i32.const 40)"
;;! returns = ""
;;! memory = [{ at = 24, f64 = [3.5, -0.25, 1.625] }]
;;!
;;! # The first two bodies and the last, to the bit: as a program in another
;;! # language has them, with the same operations in the same order.
;;! [[check]]
;;! launch = "pull"
;;! blocks = [3]
;;! threads = [16]
;;! args = "(i32.const 40)"
;;! returns = ""
;;! memory = [
;;!   { at = 0x1000, f64 = [
;;!     0.2524847824143686, 0.23935280237087783, 0.14845194601054584,
;;!     0.32999542548908056, 0.3309525064967161, 0.2842363795254998,
;;!   ] },
;;!   { at = 5032, f64 = [-0.36554666741795355, -0.35795871005678515, -0.30004712695444247] },
;;! ]
;;!
;;! # And the exclusive or of all bits.
;;! [[check]]
;;! call = "mix"
;;! args = "(i32.const 120)"
;;! returns = "(i64.const 10175716014445058)"

(module
  ;; A tile of 16 bodies.
  (import "gpu" "workgroup" (memory $w 384 (pagesize 1)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (memory $m (export "memory") 1)

  ;; Bodies at 0, each x, y and z: multiples of primes, modulo their number.
  (func (export "place") (param $n i32) (local $i i32) (local $at i32)
    (loop $next
      (local.set $at (i32.mul (local.get $i) (i32.const 24)))
      (f64.store $m (local.get $at)
        (f64.mul (f64.const 0.5)
          (f64.convert_i32_u
            (i32.rem_u (i32.mul (local.get $i) (i32.const 7)) (local.get $n)))))
      (f64.store $m offset=8 (local.get $at)
        (f64.sub
          (f64.mul (f64.const 0.25)
            (f64.convert_i32_u
              (i32.rem_u (i32.mul (local.get $i) (i32.const 11)) (local.get $n))))
          (f64.const 3)))
      (f64.store $m offset=16 (local.get $at)
        (f64.mul (f64.const 0.125)
          (f64.convert_i32_u
            (i32.rem_u (i32.mul (local.get $i) (i32.const 13)) (local.get $n)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; Accelerations at 0x1000.
  (func (export "pull") (param $n i32)
    (local $tile i32) (local $j i32) (local $own i32) (local $at i32)
    (local $x f64) (local $y f64) (local $z f64)
    (local $dx f64) (local $dy f64) (local $dz f64) (local $d f64)
    (local $ax f64) (local $ay f64) (local $az f64)
    ;; Threads beyond the last body help to fetch, and take the first for theirs.
    (if (i32.lt_u (call $id) (local.get $n))
      (then (local.set $own (i32.mul (call $id) (i32.const 24)))))
    (local.set $x (f64.load $m (local.get $own)))
    (local.set $y (f64.load $m offset=8 (local.get $own)))
    (local.set $z (f64.load $m offset=16 (local.get $own)))
    (loop $tiles
      (call $barrier)
      (if (i32.lt_u (i32.add (local.get $tile) (call $thread)) (local.get $n))
        (then
          (memory.copy $w $m
            (i32.mul (call $thread) (i32.const 24))
            (i32.mul (i32.add (local.get $tile) (call $thread)) (i32.const 24))
            (i32.const 24))))
      (call $barrier)
      (local.set $j (i32.const 0))
      (loop $bodies
        (if (i32.lt_u (i32.add (local.get $tile) (local.get $j)) (local.get $n))
          (then
            (local.set $at (i32.mul (local.get $j) (i32.const 24)))
            (local.set $dx (f64.sub (f64.load $w (local.get $at)) (local.get $x)))
            (local.set $dy (f64.sub (f64.load $w offset=8 (local.get $at)) (local.get $y)))
            (local.set $dz (f64.sub (f64.load $w offset=16 (local.get $at)) (local.get $z)))
            (local.set $d
              (f64.add
                (f64.add
                  (f64.add
                    (f64.mul (local.get $dx) (local.get $dx))
                    (f64.mul (local.get $dy) (local.get $dy)))
                  (f64.mul (local.get $dz) (local.get $dz)))
                (f64.const 0.01)))
            (local.set $d
              (f64.div (f64.const 1) (f64.mul (local.get $d) (f64.sqrt (local.get $d)))))
            (local.set $ax (f64.add (local.get $ax) (f64.mul (local.get $dx) (local.get $d))))
            (local.set $ay (f64.add (local.get $ay) (f64.mul (local.get $dy) (local.get $d))))
            (local.set $az (f64.add (local.get $az) (f64.mul (local.get $dz) (local.get $d))))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $bodies (i32.lt_u (local.get $j) (i32.const 16))))
      (local.set $tile (i32.add (local.get $tile) (i32.const 16)))
      (br_if $tiles (i32.lt_u (local.get $tile) (local.get $n))))
    (if (i32.lt_u (call $id) (local.get $n))
      (then
        (f64.store $m offset=0x1000 (local.get $own) (local.get $ax))
        (f64.store $m offset=0x1008 (local.get $own) (local.get $ay))
        (f64.store $m offset=0x1010 (local.get $own) (local.get $az)))))

  (func (export "mix") (param $n i32) (result i64) (local $mixed i64)
    (loop $next
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (local.set $mixed
        (i64.xor (local.get $mixed)
          (i64.load $m offset=0x1000 (i32.shl (local.get $n) (i32.const 3)))))
      (br_if $next (local.get $n)))
    (local.get $mixed)))
