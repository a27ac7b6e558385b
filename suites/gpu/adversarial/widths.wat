;;! description = "loads and stores of every width at the end of the memory: the last that fits, the first that does not"
;;!
;;! # Thread i goes to the argument plus i.
;;!
;;! [[check]]
;;! launch = "i32.load8_s"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.load8_s"
;;! threads = [4]
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i32.load8_s"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.load8_s"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.load8_u"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.load8_u"
;;! threads = [4]
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i32.load8_u"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.load8_u"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.load16_s"
;;! threads = [4]
;;! args = "(i32.const 65531)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.load16_s"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i32.load16_s"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.load16_s"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.load16_u"
;;! threads = [4]
;;! args = "(i32.const 65531)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.load16_u"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i32.load16_u"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.load16_u"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.load"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.load"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i32.load"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.load8_u"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.load8_u"
;;! threads = [4]
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i64.load8_u"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.load8_u"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.load16_s"
;;! threads = [4]
;;! args = "(i32.const 65531)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.load16_s"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i64.load16_s"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.load16_s"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.load32_u"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.load32_u"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i64.load32_u"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.load32_u"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.load"
;;! threads = [4]
;;! args = "(i32.const 65525)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.load"
;;! threads = [4]
;;! args = "(i32.const 65526)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "i64.load"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "f32.load"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "f32.load"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "f32.load"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "f32.load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "f64.load"
;;! threads = [4]
;;! args = "(i32.const 65525)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "f64.load"
;;! threads = [4]
;;! args = "(i32.const 65526)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! [[check]]
;;! launch = "f64.load"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "f64.load"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.store8"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.store8"
;;! threads = [4]
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i32.store8"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.store8"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.store16"
;;! threads = [4]
;;! args = "(i32.const 65531)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.store16"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i32.store16"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.store16"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i32.store"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i32.store"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i32.store"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i32.store"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.store8"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.store8"
;;! threads = [4]
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i64.store8"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.store8"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.store16"
;;! threads = [4]
;;! args = "(i32.const 65531)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.store16"
;;! threads = [4]
;;! args = "(i32.const 65532)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i64.store16"
;;! args = "(i32.const 65535)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.store16"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.store32"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.store32"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i64.store32"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.store32"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "i64.store"
;;! threads = [4]
;;! args = "(i32.const 65525)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "i64.store"
;;! threads = [4]
;;! args = "(i32.const 65526)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "i64.store"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "i64.store"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "f32.store"
;;! threads = [4]
;;! args = "(i32.const 65529)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "f32.store"
;;! threads = [4]
;;! args = "(i32.const 65530)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "f32.store"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "f32.store"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "f64.store"
;;! threads = [4]
;;! args = "(i32.const 65525)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "f64.store"
;;! threads = [4]
;;! args = "(i32.const 65526)"
;;! traps = "out of bounds memory access"
;;! thread = 3
;;!
;;! # Nothing is written of what does not fit.
;;! [[check]]
;;! launch = "f64.store"
;;! args = "(i32.const 65529)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! write = [{ at = 65_520, i64 = [0, 0] }]
;;! memory = [{ at = 65_520, i64 = [0, 0] }]
;;!
;;! # Addresses do not wrap.
;;! [[check]]
;;! launch = "f64.store"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  (func $at (param i32) (result i32) (i32.add (local.get 0) (call $id)))
  (func (export "i32.load8_s") (param i32)
    (drop (i32.load8_s (call $at (local.get 0)))))
  (func (export "i32.load8_u") (param i32)
    (drop (i32.load8_u (call $at (local.get 0)))))
  (func (export "i32.load16_s") (param i32)
    (drop (i32.load16_s (call $at (local.get 0)))))
  (func (export "i32.load16_u") (param i32)
    (drop (i32.load16_u (call $at (local.get 0)))))
  (func (export "i32.load") (param i32)
    (drop (i32.load (call $at (local.get 0)))))
  (func (export "i64.load8_u") (param i32)
    (drop (i64.load8_u (call $at (local.get 0)))))
  (func (export "i64.load16_s") (param i32)
    (drop (i64.load16_s (call $at (local.get 0)))))
  (func (export "i64.load32_u") (param i32)
    (drop (i64.load32_u (call $at (local.get 0)))))
  (func (export "i64.load") (param i32)
    (drop (i64.load (call $at (local.get 0)))))
  (func (export "f32.load") (param i32)
    (drop (f32.load (call $at (local.get 0)))))
  (func (export "f64.load") (param i32)
    (drop (f64.load (call $at (local.get 0)))))
  (func (export "i32.store8") (param i32)
    (i32.store8 (call $at (local.get 0)) (i32.const -1)))
  (func (export "i32.store16") (param i32)
    (i32.store16 (call $at (local.get 0)) (i32.const -1)))
  (func (export "i32.store") (param i32)
    (i32.store (call $at (local.get 0)) (i32.const -1)))
  (func (export "i64.store8") (param i32)
    (i64.store8 (call $at (local.get 0)) (i64.const -1)))
  (func (export "i64.store16") (param i32)
    (i64.store16 (call $at (local.get 0)) (i64.const -1)))
  (func (export "i64.store32") (param i32)
    (i64.store32 (call $at (local.get 0)) (i64.const -1)))
  (func (export "i64.store") (param i32)
    (i64.store (call $at (local.get 0)) (i64.const -1)))
  (func (export "f32.store") (param i32)
    (f32.store (call $at (local.get 0)) (f32.const -nan)))
  (func (export "f64.store") (param i32)
    (f64.store (call $at (local.get 0)) (f64.const -nan))))
