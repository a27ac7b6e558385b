;;! description = "adds two vectors, with grids that do and do not divide them"
;;!
;;! [[check]]
;;! launch = "add"
;;! blocks = [20]
;;! threads = [256]
;;! args = "(i32.const 5000)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 5000, start = 0.0, step = 0.5 } },
;;!   { at = 0x8000, f32-range = { count = 5000, start = 1000.0, step = -0.25 } },
;;!   { at = 85_536, i32-range = { count = 120, start = 7, step = 0 } },
;;! ]
;;! memory = [
;;!   { at = 0x10000, f32-range = { count = 5000, start = 1000.0, step = 0.25 } },
;;!   { at = 85_536, i32-range = { count = 120, start = 7, step = 0 } },
;;! ]
;;!
;;! # The same in small blocks along three dimensions, over the result.
;;! [[check]]
;;! launch = "add"
;;! blocks = [209, 3]
;;! threads = [2, 2, 2]
;;! args = "(i32.const 5000)"
;;! returns = ""
;;! write = [{ at = 0x10000, i32-range = { count = 5000, start = 0, step = 0 } }]
;;! memory = [
;;!   { at = 0x10000, f32-range = { count = 5000, start = 1000.0, step = 0.25 } },
;;! ]

(module
  (import "gpu" "thread_id_x" (func $tx (result i32)))
  (import "gpu" "thread_id_y" (func $ty (result i32)))
  (import "gpu" "thread_id_z" (func $tz (result i32)))
  (import "gpu" "block_id_x" (func $bx (result i32)))
  (import "gpu" "block_id_y" (func $by (result i32)))
  (import "gpu" "block_dim_x" (func $dx (result i32)))
  (import "gpu" "block_dim_y" (func $dy (result i32)))
  (import "gpu" "block_dim_z" (func $dz (result i32)))
  (import "gpu" "grid_dim_x" (func $gx (result i32)))
  (memory (export "memory") 2)

  ;; The number of this thread in its grid of one or two dimensions.
  (func $number (result i32)
    (i32.add
      (i32.mul
        (i32.add (i32.mul (call $by) (call $gx)) (call $bx))
        (i32.mul (call $dx) (i32.mul (call $dy) (call $dz))))
      (i32.add
        (i32.mul (i32.add (i32.mul (call $tz) (call $dy)) (call $ty)) (call $dx))
        (call $tx))))

  (func (export "add") (param $n i32) (local $at i32)
    (local.set $at (call $number))
    (if (i32.ge_u (local.get $at) (local.get $n)) (then (return)))
    (local.set $at (i32.shl (local.get $at) (i32.const 2)))
    (f32.store offset=0x10000 (local.get $at)
      (f32.add (f32.load (local.get $at)) (f32.load offset=0x8000 (local.get $at))))))
