;;! description = "counts bytes: in workgroup memory, then all blocks together, by atomics"
;;!
;;! # All bytes are 7.
;;! [[check]]
;;! launch = "count"
;;! blocks = [3]
;;! threads = [64]
;;! args = "(i32.const 4001)"
;;! returns = ""
;;! write = [{ at = 0x1000, i32-range = { count = 1001, start = 0x07070707, step = 0 } }]
;;! memory = [
;;!   { at = 0, i32 = [0, 0, 0, 0, 0, 0, 0, 4001, 0] },
;;!   { at = 1020, i32 = [0] },
;;! ]
;;!
;;! # 0, 1, 2 .. 255, sixteen times, in three small blocks: 4096 bytes.
;;! [[check]]
;;! call = "prepare"
;;! args = "(i32.const 4096) (i32.const 1)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "count"
;;! blocks = [3]
;;! threads = [32]
;;! args = "(i32.const 4096)"
;;! returns = ""
;;! memory = [{ at = 0, i32-range = { count = 256, start = 16, step = 0 } }]
;;!
;;! # Only every fourth value is there: 0, 4, 8 .. 252.
;;! [[check]]
;;! call = "prepare"
;;! args = "(i32.const 4096) (i32.const 4)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "count"
;;! blocks = [7]
;;! threads = [256]
;;! args = "(i32.const 4096)"
;;! returns = ""
;;! memory = [{ at = 0, i64 = [64, 0, 64, 0, 64, 0] }, { at = 1008, i64 = [64, 0] }]

(module
  (import "gpu" "workgroup" (memory $w 1024 (pagesize 1)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (import "gpu" "grid_dim_x" (func $blocks (result i32)))
  (memory $m (export "memory") 1)

  ;; Counts at 0, bytes at 0x1000.
  (func (export "count") (param $n i32) (local $i i32)
    (local.set $i (call $id))
    (block $counted
      (loop $next
        (br_if $counted (i32.ge_u (local.get $i) (local.get $n)))
        (drop
          (i32.atomic.rmw.add $w
            (i32.shl (i32.load8_u $m offset=0x1000 (local.get $i)) (i32.const 2))
            (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.mul (call $threads) (call $blocks))))
        (br $next)))
    (call $barrier)
    (local.set $i (call $thread))
    (loop $next
      (if (i32.lt_u (local.get $i) (i32.const 256))
        (then
          (drop
            (i32.atomic.rmw.add $m
              (i32.shl (local.get $i) (i32.const 2))
              (i32.load $w (i32.shl (local.get $i) (i32.const 2)))))
          (local.set $i (i32.add (local.get $i) (call $threads)))
          (br $next)))))

  ;; Multiples of a number, and no counts.
  (func (export "prepare") (param $n i32) (param $step i32) (local $i i32)
    (memory.fill $m (i32.const 0) (i32.const 0) (i32.const 1024))
    (loop $next
      (i32.store8 $m offset=0x1000 (local.get $i) (i32.mul (local.get $i) (local.get $step)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))))
