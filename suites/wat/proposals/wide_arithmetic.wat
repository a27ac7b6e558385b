;;! description = "adds, subtracts and multiplies 128-bit numbers in halves, with carries and borrows"
;;! proposals = ["wide-arithmetic"]
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i64.const -1) (i64.const 0) (i64.const 1) (i64.const 0)"
;;! returns = "(i64.const 0) (i64.const 1)"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i64.const -1) (i64.const -1) (i64.const 1) (i64.const 0)"
;;! returns = "(i64.const 0) (i64.const 0)"
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i64.const 0x8000000000000000) (i64.const 5) (i64.const 0x8000000000000000) (i64.const 6)"
;;! returns = "(i64.const 0) (i64.const 12)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(i64.const 0) (i64.const 1) (i64.const 1) (i64.const 0)"
;;! returns = "(i64.const -1) (i64.const 0)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(i64.const 0) (i64.const 0) (i64.const 1) (i64.const 0)"
;;! returns = "(i64.const -1) (i64.const -1)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(i64.const 5) (i64.const 5) (i64.const 5) (i64.const 5)"
;;! returns = "(i64.const 0) (i64.const 0)"
;;!
;;! [[check]]
;;! call = "mul_u"
;;! args = "(i64.const 0xffffffffffffffff) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x1) (i64.const 0xfffffffffffffffe)"
;;!
;;! [[check]]
;;! call = "mul_u"
;;! args = "(i64.const 0x123456789abcdef0) (i64.const 0xfedcba9876543210)"
;;! returns = "(i64.const 0x236d88fe5618cf00) (i64.const 0x121fa00ad77d7422)"
;;!
;;! [[check]]
;;! call = "mul_u"
;;! args = "(i64.const 0x8000000000000000) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x8000000000000000) (i64.const 0x7fffffffffffffff)"
;;!
;;! [[check]]
;;! call = "mul_s"
;;! args = "(i64.const 0xffffffffffffffff) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x1) (i64.const 0x0)"
;;!
;;! [[check]]
;;! call = "mul_s"
;;! args = "(i64.const 0x123456789abcdef0) (i64.const 0xfedcba9876543210)"
;;! returns = "(i64.const 0x236d88fe5618cf00) (i64.const 0xffeb49923cc09532)"
;;!
;;! [[check]]
;;! call = "mul_s"
;;! args = "(i64.const 0x8000000000000000) (i64.const 0xffffffffffffffff)"
;;! returns = "(i64.const 0x8000000000000000) (i64.const 0x0)"
;;!
;;! [[check]]
;;! call = "add256"
;;! returns = ""
;;! memory = [{ at = 64, i64 = [0, 0, 0, 1] }]

;; Low half first, in operands and results. The long addition chains two wide
;; ones: 2^192 - 1 plus 1 carries through three words.
(module
  (memory (export "memory") 1)
  (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul_u") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func (export "mul_s") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1)))

  ;; words at 0 and at 32 give those at 64
  (data (i32.const 0) "\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff")
  (data (i32.const 32) "\01")
  (func (export "add256")
    (local $i i32) (local $carry i64) (local $word i64)
    (loop $l
      ;; carry + a[i], then + b[i]; the upper half is the next carry
      (i64.add128 (local.get $carry) (i64.const 0) (i64.load (local.get $i)) (i64.const 0))
      (i64.add128 (i64.load offset=32 (local.get $i)) (i64.const 0))
      (local.set $carry)
      (local.set $word)
      (i64.store offset=64 (local.get $i) (local.get $word))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32)))))
)
