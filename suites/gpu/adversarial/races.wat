;;! description = "many threads and one word: atomics lose nothing, plain stores leave what one of them wrote"
;;!
;;! [[check]]
;;! launch = "add"
;;! blocks = [10]
;;! threads = [100]
;;! returns = ""
;;! memory = [{ at = 0, i32 = [1000, 499500] }, { at = 8, i64 = [4294967296000] }]
;;!
;;! # All threads write their number three times over; no mixture of two appears.
;;! [[check]]
;;! launch = "store"
;;! blocks = [10]
;;! threads = [100]
;;! returns = ""
;;!
;;! [[check]]
;;! call = "whole"
;;! returns = "(i32.const 1)"
;;!
;;! # Exactly one thread is the first.
;;! [[check]]
;;! launch = "first"
;;! blocks = [10]
;;! threads = [100]
;;! returns = ""
;;! memory = [{ at = 24, i32 = [1, 1] }]
;;!
;;! # Bytes beside each other are each thread's own.
;;! [[check]]
;;! launch = "bytes"
;;! blocks = [4]
;;! threads = [64]
;;! returns = ""
;;! memory = [{ at = 0x100, i32-range = { count = 64, start = 0x03020100, step = 0x04040404 } }]
;;!
;;! # A lock that each thread takes in turn, in one thread of each block.
;;! [[check]]
;;! launch = "locked"
;;! blocks = [40]
;;! returns = ""
;;! memory = [{ at = 32, i32 = [0, 40] }]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (func (export "add")
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (i32.atomic.rmw.add (i32.const 4) (call $id)))
    (drop (i64.atomic.rmw.add (i32.const 8) (i64.const 0x100000000))))
  (func (export "store")
    (i32.store (i32.const 16) (i32.mul (call $id) (i32.const 0x10001)))
    (i32.store (i32.const 16) (i32.mul (call $id) (i32.const 0x10001))))
  (func (export "whole") (result i32) (local $seen i32)
    (local.set $seen (i32.load (i32.const 16)))
    (i32.and
      (i32.lt_u (i32.and (local.get $seen) (i32.const 0xffff)) (i32.const 1000))
      (i32.eq
        (i32.shr_u (local.get $seen) (i32.const 16))
        (i32.and (local.get $seen) (i32.const 0xffff)))))
  (func (export "first")
    (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 24) (i32.const 0) (i32.const 1)))
      (then (drop (i32.atomic.rmw.add (i32.const 28) (i32.const 1))))))
  (func (export "bytes")
    (i32.store8 offset=0x100 (call $id) (call $id)))
  (func (export "locked")
    (loop $again
      (br_if $again (i32.atomic.rmw.xchg (i32.const 32) (i32.const 1))))
    (i32.store (i32.const 36) (i32.add (i32.load (i32.const 36)) (i32.const 1)))
    (i32.atomic.store (i32.const 32) (i32.const 0))))
