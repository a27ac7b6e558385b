;;! description = "a bitonic sort: in one block with barriers, and by a launch of odd and even steps"
;;!
;;! # Multiples of an odd number times 2^22: each of 1024 numbers once, mixed.
;;! [[check]]
;;! launch = "bitonic"
;;! threads = [512]
;;! returns = ""
;;! write = [{ at = 0, i32-range = { count = 1025, start = 0, step = 0x5a400000 } }]
;;! memory = [
;;!   { at = 0, i32-range = { count = 1024, start = -2147483648, step = 0x400000 } },
;;!   { at = 4096, i32 = [0] },
;;! ]
;;!
;;! # A single thread sorts the two elements that are its own.
;;! [[check]]
;;! launch = "bitonic"
;;! returns = ""
;;! write = [{ at = 0, i32 = [5, -5, 77] }]
;;! memory = [{ at = 0, i32 = [-5, 5, 77] }]
;;!
;;! # Falling numbers need as many steps as there are.
;;! [[check]]
;;! launch = "transpose"
;;! threads = [50]
;;! args = "(i32.const 99)"
;;! returns = ""
;;! write = [{ at = 0, i32-range = { count = 100, start = 98, step = -1 } }]
;;! memory = [{ at = 0, i32-range = { count = 99, start = 0, step = 1 } }, { at = 396, i32 = [-1] }]

(module
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (memory (export "memory") 1)

  ;; Puts two elements in order, or in the opposite one.
  (func $order (param $low i32) (param $high i32) (param $falls i32)
    (local $a i32) (local $b i32)
    (local.set $a (i32.load (i32.shl (local.get $low) (i32.const 2))))
    (local.set $b (i32.load (i32.shl (local.get $high) (i32.const 2))))
    (if (i32.ne (i32.gt_s (local.get $a) (local.get $b)) (local.get $falls))
      (then
        (i32.store (i32.shl (local.get $low) (i32.const 2)) (local.get $b))
        (i32.store (i32.shl (local.get $high) (i32.const 2)) (local.get $a)))))

  ;; Two elements for each thread, and a power of two of them.
  (func (export "bitonic") (local $size i32) (local $gap i32) (local $low i32)
    (local.set $size (i32.const 2))
    (loop $sizes
      (local.set $gap (i32.shr_u (local.get $size) (i32.const 1)))
      (loop $gaps
        ;; The thread's number with a zero put in where the gap has its bit.
        (local.set $low
          (i32.add
            (i32.shl (i32.and (call $thread) (i32.sub (i32.const 0) (local.get $gap)))
              (i32.const 1))
            (i32.and (call $thread) (i32.sub (local.get $gap) (i32.const 1)))))
        (call $order
          (local.get $low)
          (i32.add (local.get $low) (local.get $gap))
          (i32.ne (i32.and (local.get $low) (local.get $size)) (i32.const 0)))
        (call $barrier)
        (local.set $gap (i32.shr_u (local.get $gap) (i32.const 1)))
        (br_if $gaps (local.get $gap)))
      (local.set $size (i32.shl (local.get $size) (i32.const 1)))
      (br_if $sizes
        (i32.le_u (local.get $size) (i32.shl (call $threads) (i32.const 1))))))

  ;; Neighbours change places, at even and at odd numbers in turn.
  (func (export "transpose") (param $n i32) (local $step i32) (local $low i32)
    (loop $steps
      (local.set $low
        (i32.add
          (i32.shl (call $thread) (i32.const 1))
          (i32.and (local.get $step) (i32.const 1))))
      (if (i32.lt_u (i32.add (local.get $low) (i32.const 1)) (local.get $n))
        (then
          (call $order
            (local.get $low) (i32.add (local.get $low) (i32.const 1)) (i32.const 0))))
      (call $barrier)
      (local.set $step (i32.add (local.get $step) (i32.const 1)))
      (br_if $steps (i32.lt_u (local.get $step) (local.get $n))))))
