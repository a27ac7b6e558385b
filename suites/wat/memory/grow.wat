;;! description = "grows a memory page by page up to its declared maximum, zeroed and with the old contents kept"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "last_byte"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "mark"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "last_byte"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "sum_upper"
;;! returns = "(i64.const 0)"
;;! memory = [{ at = 65532, i32 = [-559038737, 0] }]
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 2)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 4)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const -1)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow"
;;! args = "(i32.const 0x80000000)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "grow_and_store"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 4)"
;;! memory = [{ at = 262140, i32 = [77] }]

;; A memory.grow that fails changes nothing and gives -1; growing by zero gives
;; the size. A store right after growing must see the new bound and, if the
;; memory moved, the new address.
(module
  (memory (export "memory") 1 4)
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "mark") (i32.store (i32.const 65532) (i32.const 0xdeadbeef)))
  ;; the last byte of a memory of two pages
  (func (export "last_byte") (result i32) (i32.load8_u (i32.const 131071)))
  ;; the sum of the second page
  (func (export "sum_upper") (result i64)
    (local $sum i64) (local $at i32)
    (local.set $at (i32.const 65536))
    (loop $l
      (local.set $sum (i64.add (local.get $sum) (i64.load (local.get $at))))
      (br_if $l
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 131072))))
    (local.get $sum))
  (func (export "grow_and_store") (param i32) (result i32)
    (local $was i32)
    (local.set $was (memory.grow (local.get 0)))
    (i32.store offset=65532
      (i32.shl (i32.sub (memory.size) (i32.const 1)) (i32.const 16))
      (i32.const 77))
    (local.get $was))
)
