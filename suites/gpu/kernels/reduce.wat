;;! description = "sums and maxima: a tree in workgroup memory, then an atomic per block"
;;!
;;! # 1 + 2 + .. + 5000, in blocks that the data does not fill.
;;! [[check]]
;;! launch = "sum"
;;! blocks = [21]
;;! threads = [256]
;;! args = "(i32.const 5000)"
;;! returns = ""
;;! write = [{ at = 64, i32-range = { count = 5000, start = 1, step = 1 } }]
;;! memory = [{ at = 0, i32 = [12502500] }]
;;!
;;! # Blocks of one thread: nothing to wait for.
;;! [[check]]
;;! launch = "sum"
;;! blocks = [1000]
;;! args = "(i32.const 1000)"
;;! returns = ""
;;! write = [{ at = 0, i32 = [0] }]
;;! memory = [{ at = 0, i32 = [500500] }]
;;!
;;! # The largest block there is.
;;! [[check]]
;;! launch = "sum"
;;! blocks = [2]
;;! threads = [1024]
;;! args = "(i32.const 2048)"
;;! returns = ""
;;! write = [{ at = 0, i32 = [0] }]
;;! memory = [{ at = 0, i32 = [2098176] }]
;;!
;;! # The largest of multiples of an odd number, as unsigned and as signed numbers.
;;! [[check]]
;;! launch = "max"
;;! blocks = [8]
;;! threads = [512]
;;! args = "(i32.const 4096)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32 = [0, 0, -2147483648, 0] },
;;!   { at = 64, i32-range = { count = 4096, start = 0, step = 0x9e300000 } },
;;! ]
;;! memory = [{ at = 4, i32 = [0xfff00000, 0x7ff00000] }]

(module
  (import "gpu" "workgroup" (memory $w 4096 (pagesize 1)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (memory $m (export "memory") 1)

  ;; Zero behind the end.
  (func $element (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (call $id) (local.get $n))
      (then (i32.load $m offset=64 (i32.shl (call $id) (i32.const 2))))
      (else (i32.const 0))))

  ;; The number of threads of a block is a power of two.
  (func (export "sum") (param $n i32) (local $half i32) (local $at i32)
    (local.set $at (i32.shl (call $thread) (i32.const 2)))
    (i32.store $w (local.get $at) (call $element (local.get $n)))
    (local.set $half (i32.shr_u (call $threads) (i32.const 1)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $half)))
        (call $barrier)
        (if (i32.lt_u (call $thread) (local.get $half))
          (then
            (i32.store $w (local.get $at)
              (i32.add
                (i32.load $w (local.get $at))
                (i32.load $w
                  (i32.add (local.get $at) (i32.shl (local.get $half) (i32.const 2))))))))
        (local.set $half (i32.shr_u (local.get $half) (i32.const 1)))
        (br $next)))
    (if (i32.eqz (call $thread))
      (then (drop (i32.atomic.rmw.add $m (i32.const 0) (i32.load $w (i32.const 0)))))))

  ;; There is no atomic maximum: a loop of compare and exchange.
  (func (export "max") (param $n i32) (local $mine i32) (local $seen i32)
    (if (i32.ge_u (call $id) (local.get $n)) (then (return)))
    (local.set $mine (call $element (local.get $n)))
    (local.set $seen (i32.atomic.load $m (i32.const 4)))
    (block $done
      (loop $again
        (br_if $done (i32.ge_u (local.get $seen) (local.get $mine)))
        (local.set $seen
          (i32.atomic.rmw.cmpxchg $m (i32.const 4) (local.get $seen) (local.get $mine)))
        (br $again)))
    (local.set $seen (i32.atomic.load $m (i32.const 8)))
    (block $done
      (loop $again
        (br_if $done (i32.ge_s (local.get $seen) (local.get $mine)))
        (local.set $seen
          (i32.atomic.rmw.cmpxchg $m (i32.const 8) (local.get $seen) (local.get $mine)))
        (br $again)))))
