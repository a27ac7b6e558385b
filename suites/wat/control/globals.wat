;;! description = "reads and writes globals of every number type and of references, seen from outside after each call"
;;!
;;! [[check]]
;;! get = "count"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! get = "limit"
;;! returns = "(i64.const 0x7fffffffffffffff)"
;;!
;;! [[check]]
;;! get = "ratio"
;;! returns = "(f32.const -0)"
;;!
;;! [[check]]
;;! get = "quiet"
;;! returns = "(f64.const -nan:0x4000000000001)"
;;!
;;! [[check]]
;;! get = "where"
;;! returns = "(ref.null extern)"
;;!
;;! [[check]]
;;! get = "callee"
;;! returns = "(ref.func)"
;;!
;;! [[check]]
;;! call = "step"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "step"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! get = "count"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "set_where"
;;! args = "(ref.extern 42)"
;;! returns = ""
;;!
;;! [[check]]
;;! get = "where"
;;! returns = "(ref.extern 42)"
;;!
;;! [[check]]
;;! call = "write_then_trap"
;;! traps = "unreachable"
;;!
;;! [[check]]
;;! get = "count"
;;! returns = "(i32.const 77)"
;;!
;;! [[check]]
;;! get = "alias"
;;! returns = "(i32.const 77)"

;; "count" and "alias" are two names of one global.
(module
  (global $count (export "count") (export "alias") (mut i32) (i32.const -1))
  (global (export "limit") i64 (i64.const 0x7fffffffffffffff))
  (global (export "ratio") f32 (f32.const -0))
  (global (export "quiet") f64 (f64.const -nan:0x4000000000001))
  (global $where (export "where") (mut externref) (ref.null extern))
  (global (export "callee") funcref (ref.func $step))

  (func $step (export "step") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))

  (func (export "set_where") (param externref)
    (global.set $where (local.get 0)))

  (func (export "write_then_trap")
    (global.set $count (i32.const 77))
    (unreachable))
)
