;;! description = "atomic accesses at the end of the memory, and at addresses that are not aligned"
;;!
;;! [[check]]
;;! launch = "i32.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load8_u"
;;! threads = [3]
;;! args = "(i32.const 65535)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.load8_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load8_u"
;;! threads = [3]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store8"
;;! threads = [3]
;;! args = "(i32.const 65535)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.store8"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store8"
;;! threads = [3]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.add_u"
;;! threads = [3]
;;! args = "(i32.const 65535)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.add_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.add_u"
;;! threads = [3]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65535)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.xchg_u"
;;! threads = [3]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65535)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw8.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load16_u"
;;! threads = [3]
;;! args = "(i32.const 65534)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.load16_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load16_u"
;;! threads = [3]
;;! args = "(i32.const -2)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.load16_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store16"
;;! threads = [3]
;;! args = "(i32.const 65534)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.store16"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store16"
;;! threads = [3]
;;! args = "(i32.const -2)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.store16"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.add_u"
;;! threads = [3]
;;! args = "(i32.const 65534)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.add_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.add_u"
;;! threads = [3]
;;! args = "(i32.const -2)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.add_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65534)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.xchg_u"
;;! threads = [3]
;;! args = "(i32.const -2)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65534)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const -2)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.atomic.rmw16.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 65528)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load"
;;! threads = [3]
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load"
;;! threads = [3]
;;! args = "(i32.const 1028)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 65528)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store"
;;! threads = [3]
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store"
;;! threads = [3]
;;! args = "(i32.const 1028)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 65528)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.add"
;;! threads = [3]
;;! args = "(i32.const 1028)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 65528)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.xchg"
;;! threads = [3]
;;! args = "(i32.const 1028)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 65528)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const -8)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw.cmpxchg"
;;! threads = [3]
;;! args = "(i32.const 1028)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load32_u"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.load32_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load32_u"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load32_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.load32_u"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store32"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.store32"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store32"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store32"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.store32"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.add_u"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.add_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.add_u"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.add_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.add_u"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.xchg_u"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.xchg_u"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const -4)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 1)"
;;! traps = "unaligned atomic"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.atomic.rmw32.cmpxchg_u"
;;! threads = [3]
;;! args = "(i32.const 1026)"
;;! traps = "unaligned atomic"
;;! thread = 0

(module
  (memory (export "memory") 1)
  (func (export "i32.atomic.load") (param i32)
    (drop (i32.atomic.load (local.get 0))))
  (func (export "i32.atomic.store") (param i32)
    (i32.atomic.store (local.get 0) (i32.const 5)))
  (func (export "i32.atomic.rmw.add") (param i32)
    (drop (i32.atomic.rmw.add (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw.xchg") (param i32)
    (drop (i32.atomic.rmw.xchg (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw.cmpxchg") (param i32)
    (drop (i32.atomic.rmw.cmpxchg (local.get 0) (i32.const 0) (i32.const 5))))
  (func (export "i32.atomic.load8_u") (param i32)
    (drop (i32.atomic.load8_u (local.get 0))))
  (func (export "i32.atomic.store8") (param i32)
    (i32.atomic.store8 (local.get 0) (i32.const 5)))
  (func (export "i32.atomic.rmw8.add_u") (param i32)
    (drop (i32.atomic.rmw8.add_u (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw8.xchg_u") (param i32)
    (drop (i32.atomic.rmw8.xchg_u (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw8.cmpxchg_u") (param i32)
    (drop (i32.atomic.rmw8.cmpxchg_u (local.get 0) (i32.const 0) (i32.const 5))))
  (func (export "i32.atomic.load16_u") (param i32)
    (drop (i32.atomic.load16_u (local.get 0))))
  (func (export "i32.atomic.store16") (param i32)
    (i32.atomic.store16 (local.get 0) (i32.const 5)))
  (func (export "i32.atomic.rmw16.add_u") (param i32)
    (drop (i32.atomic.rmw16.add_u (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw16.xchg_u") (param i32)
    (drop (i32.atomic.rmw16.xchg_u (local.get 0) (i32.const 5))))
  (func (export "i32.atomic.rmw16.cmpxchg_u") (param i32)
    (drop (i32.atomic.rmw16.cmpxchg_u (local.get 0) (i32.const 0) (i32.const 5))))
  (func (export "i64.atomic.load") (param i32)
    (drop (i64.atomic.load (local.get 0))))
  (func (export "i64.atomic.store") (param i32)
    (i64.atomic.store (local.get 0) (i64.const 5)))
  (func (export "i64.atomic.rmw.add") (param i32)
    (drop (i64.atomic.rmw.add (local.get 0) (i64.const 5))))
  (func (export "i64.atomic.rmw.xchg") (param i32)
    (drop (i64.atomic.rmw.xchg (local.get 0) (i64.const 5))))
  (func (export "i64.atomic.rmw.cmpxchg") (param i32)
    (drop (i64.atomic.rmw.cmpxchg (local.get 0) (i64.const 0) (i64.const 5))))
  (func (export "i64.atomic.load32_u") (param i32)
    (drop (i64.atomic.load32_u (local.get 0))))
  (func (export "i64.atomic.store32") (param i32)
    (i64.atomic.store32 (local.get 0) (i64.const 5)))
  (func (export "i64.atomic.rmw32.add_u") (param i32)
    (drop (i64.atomic.rmw32.add_u (local.get 0) (i64.const 5))))
  (func (export "i64.atomic.rmw32.xchg_u") (param i32)
    (drop (i64.atomic.rmw32.xchg_u (local.get 0) (i64.const 5))))
  (func (export "i64.atomic.rmw32.cmpxchg_u") (param i32)
    (drop (i64.atomic.rmw32.cmpxchg_u (local.get 0) (i64.const 0) (i64.const 5)))))
