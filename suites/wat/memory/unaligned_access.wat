;;! description = "reads and writes at every misalignment, with alignment hints that are wrong"
;;!
;;! [[check]]
;;! call = "sweep64"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "sweep32"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "hinted"
;;! returns = "(i64.const 0x0a09080706050403) (i32.const 0x0807) (f32.const 0x1.0e0c0a0000000p-111)"

;; align= is a promise that costs nothing to break: the access must work all
;; the same. The sweeps put a number at each address of 64, across what would
;; be cache lines, read it back in bytes, and count the differences.
(module
  (memory (export "memory") 1)
  (data (i32.const 512) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f")

  (func (export "sweep64") (result i32)
    (local $at i32) (local $k i32) (local $bad i32) (local $v i64)
    (local.set $v (i64.const 0x0123456789abcdef))
    (loop $addresses
      (i64.store align=8 (local.get $at) (local.get $v))
      (local.set $bad
        (i32.add (local.get $bad) (i64.ne (i64.load align=8 (local.get $at)) (local.get $v))))
      (local.set $k (i32.const 0))
      (loop $bytes
        (local.set $bad
          (i32.add (local.get $bad)
            (i64.ne
              (i64.load8_u (i32.add (local.get $at) (local.get $k)))
              (i64.and (i64.const 255)
                (i64.shr_u (local.get $v) (i64.extend_i32_u (i32.shl (local.get $k) (i32.const 3))))))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $bytes (i32.lt_u (local.get $k) (i32.const 8))))
      (local.set $v (i64.rotl (local.get $v) (i64.const 13)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $addresses (i32.lt_u (local.get $at) (i32.const 64))))
    (local.get $bad))

  ;; two halves at odd addresses make one whole
  (func (export "sweep32") (result i32)
    (local $at i32) (local $bad i32)
    (loop $addresses
      (i32.store16 align=2 (local.get $at) (i32.const 0xbeef))
      (i32.store16 offset=2 align=2 (local.get $at) (i32.const 0xdead))
      (local.set $bad
        (i32.add (local.get $bad)
          (i32.ne (i32.load align=4 (local.get $at)) (i32.const 0xdeadbeef))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $addresses (i32.lt_u (local.get $at) (i32.const 64))))
    (local.get $bad))

  (func (export "hinted") (result i64 i32 f32)
    (i64.load align=1 (i32.const 515))
    (i32.load16_u align=2 (i32.const 519))
    (f32.load align=4 (i32.const 517)))
)
