;; with lib/bench.wat
;;
;; memory.copy and memory.fill, of parts that overlap and parts that do not.
;; Input: repetitions, bytes of the area (a multiple of 64, at most 1 MiB, which
;; begins at the second page).

(memory (export "memory") 17)
(global $repetitions (mut i32) (i32.const 0))
(global $size (mut i32) (i32.const 0))

(func $prepare
  (local $i i32)
  (global.set $repetitions (call $number))
  (global.set $size (call $number))
  (call $must (i32.gt_u (global.get $size) (i32.const 1048576)))
  (call $must (i32.lt_u (global.get $size) (i32.const 64)))
  (call $must (i32.and (global.get $size) (i32.const 63)))
  ;; Byte i is i * 251 / 8.
  (loop $next
    (i32.store8 offset=65536
      (local.get $i)
      (i32.shr_u (i32.mul (local.get $i) (i32.const 251)) (i32.const 3)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (global.get $size)))))

(func $work
  (local $i i32) (local $half i32) (local $shift i32)
  (local.set $half (i32.shr_u (global.get $size) (i32.const 1)))
  (loop $next
    (local.set $shift (i32.add (i32.and (local.get $i) (i32.const 15)) (i32.const 1)))
    ;; The lower half onto the upper half.
    (memory.copy
      (i32.add (i32.const 65536) (local.get $half)) (i32.const 65536) (local.get $half))
    ;; All of it a few bytes up, which must go backwards.
    (memory.copy
      (i32.add (i32.const 65536) (local.get $shift))
      (i32.const 65536)
      (i32.sub (global.get $size) (local.get $shift)))
    ;; And the upper half a few bytes down.
    (memory.copy
      (i32.sub (i32.add (i32.const 65536) (local.get $half)) (local.get $shift))
      (i32.add (i32.const 65536) (local.get $half))
      (local.get $half))
    ;; An eighth is filled, somewhere else each time.
    (memory.fill
      (i32.add
        (i32.const 65536)
        (i32.rem_u (i32.mul (local.get $i) (i32.const 40503)) (local.get $half)))
      (local.get $i)
      (i32.shr_u (global.get $size) (i32.const 3)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (global.get $repetitions)))))

;; FNV-1a with 64 bits over the area.
(func $answer
  (local $hash i64) (local $i i32)
  (local.set $hash (i64.const 0xcbf29ce484222325))
  (loop $next
    (local.set $hash
      (i64.mul
        (i64.xor (local.get $hash) (i64.load8_u offset=65536 (local.get $i)))
        (i64.const 0x100000001b3)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (global.get $size))))
  (call $print_hex (local.get $hash) (i32.const 16)))
