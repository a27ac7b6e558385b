;;! description = "reads, modifies and writes atomically at every width, returning the old value"
;;! proposals = ["threads"]
;;!
;;! [[check]]
;;! call = "add"
;;! args = "(i32.const 0) (i32.const 5)"
;;! returns = "(i32.const 10)"
;;!
;;! [[check]]
;;! call = "sub"
;;! args = "(i32.const 0) (i32.const 16)"
;;! returns = "(i32.const 15)"
;;!
;;! [[check]]
;;! call = "and"
;;! args = "(i32.const 0) (i32.const 0xf0)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "or"
;;! args = "(i32.const 0) (i32.const 0xf)"
;;! returns = "(i32.const 0xf0)"
;;!
;;! [[check]]
;;! call = "xor"
;;! args = "(i32.const 0) (i32.const 0xff)"
;;! returns = "(i32.const 0xff)"
;;!
;;! [[check]]
;;! call = "xchg"
;;! args = "(i32.const 0) (i32.const 77)"
;;! returns = "(i32.const 0)"
;;! memory = [{ at = 0, i32 = [77] }]
;;!
;;! [[check]]
;;! call = "cmpxchg"
;;! args = "(i32.const 0) (i32.const 77) (i32.const 78)"
;;! returns = "(i32.const 77)"
;;!
;;! [[check]]
;;! call = "cmpxchg"
;;! args = "(i32.const 0) (i32.const 77) (i32.const 79)"
;;! returns = "(i32.const 78)"
;;! memory = [{ at = 0, i32 = [78] }]
;;!
;;! [[check]]
;;! call = "add8"
;;! args = "(i32.const 9) (i32.const 0x1ff)"
;;! returns = "(i32.const 255)"
;;! memory = [{ at = 8, bytes = "00 fe 00" }]
;;!
;;! [[check]]
;;! call = "add8"
;;! args = "(i32.const 9) (i32.const 2)"
;;! returns = "(i32.const 254)"
;;! memory = [{ at = 8, bytes = "00 00 00" }]
;;!
;;! [[check]]
;;! call = "sub64"
;;! args = "(i64.const 1)"
;;! returns = "(i64.const 0)"
;;! memory = [{ at = 16, i64 = [-1] }]
;;!
;;! [[check]]
;;! call = "cmpxchg16"
;;! args = "(i64.const 0xfffe) (i64.const 1)"
;;! returns = "(i64.const 65535)"
;;! memory = [{ at = 16, i64 = [-1] }]
;;!
;;! [[check]]
;;! call = "cmpxchg16"
;;! args = "(i64.const 0xffff) (i64.const 1)"
;;! returns = "(i64.const 65535)"
;;! memory = [{ at = 16, i64 = [-65535] }]
;;!
;;! [[check]]
;;! call = "fence"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "lock"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 100)"

;; Byte and halfword forms wrap in their width, zero-extend what they return
;; and must not touch their neighbours. A compare-exchange that fails returns
;; what it found and writes nothing.
(module
  (memory (export "memory") 1 1)
  (data (i32.const 0) "\0a")
  (data (i32.const 9) "\ff")
  (func (export "add") (param i32 i32) (result i32)
    (i32.atomic.rmw.add (local.get 0) (local.get 1)))
  (func (export "sub") (param i32 i32) (result i32)
    (i32.atomic.rmw.sub (local.get 0) (local.get 1)))
  (func (export "and") (param i32 i32) (result i32)
    (i32.atomic.rmw.and (local.get 0) (local.get 1)))
  (func (export "or") (param i32 i32) (result i32)
    (i32.atomic.rmw.or (local.get 0) (local.get 1)))
  (func (export "xor") (param i32 i32) (result i32)
    (i32.atomic.rmw.xor (local.get 0) (local.get 1)))
  (func (export "xchg") (param i32 i32) (result i32)
    (i32.atomic.rmw.xchg (local.get 0) (local.get 1)))
  (func (export "cmpxchg") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get 0) (local.get 1) (local.get 2)))
  (func (export "add8") (param i32 i32) (result i32)
    (i32.atomic.rmw8.add_u (local.get 0) (local.get 1)))
  (func (export "sub64") (param i64) (result i64)
    (i64.atomic.rmw.sub (i32.const 16) (local.get 0)))
  (func (export "cmpxchg16") (param i64 i64) (result i64)
    (i64.atomic.rmw16.cmpxchg_u (i32.const 16) (local.get 0) (local.get 1)))
  (func (export "fence") (param i32) (result i32)
    (i32.atomic.store (i32.const 32) (local.get 0))
    (atomic.fence)
    (i32.atomic.load (i32.const 32)))

  ;; a spin lock around a plain counter
  (func (export "lock") (param $n i32) (result i32)
    (loop $l
      (loop $spin
        (br_if $spin (i32.atomic.rmw.cmpxchg (i32.const 40) (i32.const 0) (i32.const 1))))
      (i32.store (i32.const 44) (i32.add (i32.load (i32.const 44)) (i32.const 1)))
      (i32.atomic.store (i32.const 40) (i32.const 0))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.load (i32.const 44)))
)
