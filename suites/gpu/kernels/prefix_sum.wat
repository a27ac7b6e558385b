;;! description = "sums of all elements up to each, in three launches"
;;!
;;! # Ones become 1, 2, 3 ..
;;! [[check]]
;;! launch = "blocks"
;;! blocks = [32]
;;! threads = [128]
;;! args = "(i32.const 4000)"
;;! returns = ""
;;! write = [{ at = 0x1000, i32-range = { count = 4100, start = 1, step = 0 } }]
;;! memory = [{ at = 0x1000, i32-range = { count = 128, start = 1, step = 1 } }]
;;!
;;! [[check]]
;;! launch = "totals"
;;! threads = [32]
;;! returns = ""
;;! memory = [{ at = 0, i32-range = { count = 31, start = 128, step = 128 } }]
;;!
;;! [[check]]
;;! launch = "shift"
;;! blocks = [32]
;;! threads = [128]
;;! args = "(i32.const 4000)"
;;! returns = ""
;;! memory = [
;;!   { at = 0x1000, i32-range = { count = 4000, start = 1, step = 1 } },
;;!   { at = 20_096, i32-range = { count = 100, start = 1, step = 0 } },
;;! ]
;;!
;;! # Odd numbers become squares.
;;! [[check]]
;;! launch = "blocks"
;;! threads = [12]
;;! args = "(i32.const 12)"
;;! returns = ""
;;! write = [{ at = 0x1000, i32-range = { count = 12, start = 1, step = 2 } }]
;;! memory = [{ at = 0x1000, i32 = [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144] }]

(module
  ;; Two halves, of which one is read while the other is written.
  (import "gpu" "workgroup" (memory $w 1024 (pagesize 1)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (import "gpu" "block_id_x" (func $block (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (memory $m (export "memory") 1)

  ;; The sum of `own` of all threads of the block up to this one.
  (func $scan (param $own i32) (result i32) (local $step i32) (local $half i32) (local $at i32)
    (local.set $at (i32.shl (call $thread) (i32.const 2)))
    (local.set $step (i32.const 1))
    (i32.store $w (local.get $at) (local.get $own))
    (block $done
      (loop $next
        (call $barrier)
        (br_if $done (i32.ge_u (local.get $step) (call $threads)))
        (if (i32.ge_u (call $thread) (local.get $step))
          (then
            (local.set $own
              (i32.add (local.get $own)
                (i32.load $w
                  (i32.sub
                    (i32.add (local.get $at) (local.get $half))
                    (i32.shl (local.get $step) (i32.const 2))))))))
        (local.set $half (i32.xor (local.get $half) (i32.const 512)))
        (i32.store $w (i32.add (local.get $at) (local.get $half)) (local.get $own))
        (local.set $step (i32.shl (local.get $step) (i32.const 1)))
        (br $next)))
    (local.get $own))

  ;; Sums within each block, in place at 0x1000; the block's own at 0.
  (func (export "blocks") (param $n i32) (local $sum i32)
    (local.set $sum
      (call $scan
        (if (result i32) (i32.lt_u (call $id) (local.get $n))
          (then (i32.load $m offset=0x1000 (i32.shl (call $id) (i32.const 2))))
          (else (i32.const 0)))))
    (if (i32.lt_u (call $id) (local.get $n))
      (then
        (i32.store $m offset=0x1000 (i32.shl (call $id) (i32.const 2)) (local.get $sum))))
    (if (i32.eq (call $thread) (i32.sub (call $threads) (i32.const 1)))
      (then (i32.store $m (i32.shl (call $block) (i32.const 2)) (local.get $sum)))))

  (func (export "totals") (local $at i32)
    (local.set $at (i32.shl (call $thread) (i32.const 2)))
    (i32.store $m (local.get $at) (call $scan (i32.load $m (local.get $at)))))

  ;; Adds the sum of all blocks before.
  (func (export "shift") (param $n i32) (local $at i32)
    (if (i32.or (i32.eqz (call $block)) (i32.ge_u (call $id) (local.get $n))) (then (return)))
    (local.set $at (i32.add (i32.const 0x1000) (i32.shl (call $id) (i32.const 2))))
    (i32.store $m (local.get $at)
      (i32.add
        (i32.load $m (local.get $at))
        (i32.load $m
          (i32.shl (i32.sub (call $block) (i32.const 1)) (i32.const 2)))))))
