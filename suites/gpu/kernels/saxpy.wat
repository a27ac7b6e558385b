;;! description = "a * x + y in place, each thread over every 300th element"
;;!
;;! [[check]]
;;! launch = "saxpy"
;;! blocks = [3]
;;! threads = [100]
;;! args = "(i32.const 4099) (f32.const 2.5)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 4099, start = -8.0, step = 2.0 } },
;;!   { at = 0x8000, f32-range = { count = 4100, start = 1.0, step = -4.0 } },
;;! ]
;;! memory = [
;;!   { at = 0x8000, f32-range = { count = 4099, start = -19.0, step = 1.0 } },
;;!   { at = 49_164, f32 = [-16395.0] },
;;! ]
;;!
;;! # A product and a sum are rounded each: one rounding would give 2^-24 and not 0.
;;! [[check]]
;;! launch = "saxpy"
;;! threads = [32]
;;! args = "(i32.const 32) (f32.const 0x1.000002p+0)"
;;! returns = ""
;;! write = [
;;!   { at = 0, i32-range = { count = 32, start = 0x3f800001, step = 0 } },
;;!   { at = 0x8000, i32-range = { count = 32, start = 0xbf800002, step = 0 } },
;;! ]
;;! memory = [{ at = 0x8000, i32-range = { count = 32, start = 0, step = 0 } }]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "grid_dim_x" (func $blocks (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (memory (export "memory") 1)
  (func (export "saxpy") (param $n i32) (param $a f32) (local $i i32) (local $at i32)
    (local.set $i (call $id))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $at (i32.shl (local.get $i) (i32.const 2)))
        (f32.store offset=0x8000 (local.get $at)
          (f32.add
            (f32.mul (local.get $a) (f32.load (local.get $at)))
            (f32.load offset=0x8000 (local.get $at))))
        (local.set $i
          (i32.add (local.get $i) (i32.mul (call $blocks) (call $threads))))
        (br $next)))))
