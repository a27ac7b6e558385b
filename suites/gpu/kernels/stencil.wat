;;! description = "steps of heat on a plate: each element becomes the mean of its neighbours"
;;!
;;! # An even slope stays as it is, however many steps there are.
;;! [[check]]
;;! launch = "step"
;;! blocks = [5, 7]
;;! threads = [16, 8]
;;! repeat = 5
;;! args = "(i32.const 0) (i32.const 0x4000) (i32.const 70) (i32.const 50)"
;;! returns = ""
;;! write = [{ at = 0, f32-range = { count = 3500, start = -3.0, step = 2.0 } }]
;;! memory = [{ at = 0x4000, f32-range = { count = 3500, start = -3.0, step = 2.0 } }]
;;!
;;! [[check]]
;;! launch = "step"
;;! blocks = [5, 7]
;;! threads = [16, 8]
;;! args = "(i32.const 0x4000) (i32.const 0) (i32.const 70) (i32.const 50)"
;;! returns = ""
;;! memory = [{ at = 0, f32-range = { count = 3500, start = -3.0, step = 2.0 } }]
;;!
;;! # By hand: 64 in the middle of zeros spreads, in two steps.
;;! [[check]]
;;! launch = "step"
;;! threads = [5, 5]
;;! args = "(i32.const 0) (i32.const 0x4000) (i32.const 5) (i32.const 5)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 25, start = 0.0, step = 0.0 } },
;;!   { at = 48, f32 = [64.0] },
;;! ]
;;! memory = [
;;!   { at = 0x4000, f32 = [
;;!     0.0, 0.0, 0.0, 0.0, 0.0,
;;!     0.0, 0.0, 16.0, 0.0, 0.0,
;;!     0.0, 16.0, 0.0, 16.0, 0.0,
;;!     0.0, 0.0, 16.0, 0.0, 0.0,
;;!     0.0, 0.0, 0.0, 0.0, 0.0,
;;!   ] },
;;! ]
;;!
;;! [[check]]
;;! launch = "step"
;;! threads = [5, 5]
;;! args = "(i32.const 0x4000) (i32.const 0) (i32.const 5) (i32.const 5)"
;;! returns = ""
;;! memory = [
;;!   { at = 0, f32 = [
;;!     0.0, 0.0, 0.0, 0.0, 0.0,
;;!     0.0, 8.0, 0.0, 8.0, 0.0,
;;!     0.0, 0.0, 16.0, 0.0, 0.0,
;;!     0.0, 8.0, 0.0, 8.0, 0.0,
;;!     0.0, 0.0, 0.0, 0.0, 0.0,
;;!   ] },
;;! ]

(module
  (import "gpu" "global_id_x" (func $x (result i32)))
  (import "gpu" "global_id_y" (func $y (result i32)))
  (memory (export "memory") 1)
  ;; What is at the edge stays.
  (func (export "step") (param $from i32) (param $to i32) (param $width i32) (param $height i32)
    (local $offset i32) (local $at i32) (local $row i32)
    (if (i32.or
          (i32.ge_u (call $x) (local.get $width))
          (i32.ge_u (call $y) (local.get $height)))
      (then (return)))
    (local.set $row (i32.shl (local.get $width) (i32.const 2)))
    (local.set $offset
      (i32.add (i32.mul (call $y) (local.get $row)) (i32.shl (call $x) (i32.const 2))))
    (local.set $at (i32.add (local.get $from) (local.get $offset)))
    (f32.store (i32.add (local.get $to) (local.get $offset))
      (if (result f32)
        (i32.or
          (i32.or
            (i32.eqz (call $x))
            (i32.eqz (call $y)))
          (i32.or
            (i32.eq (call $x) (i32.sub (local.get $width) (i32.const 1)))
            (i32.eq (call $y) (i32.sub (local.get $height) (i32.const 1)))))
        (then (f32.load (local.get $at)))
        (else
          (f32.mul (f32.const 0.25)
            (f32.add
              (f32.add
                (f32.load (i32.sub (local.get $at) (local.get $row)))
                (f32.load (i32.add (local.get $at) (local.get $row))))
              (f32.add
                (f32.load (i32.sub (local.get $at) (i32.const 4)))
                (f32.load offset=4 (local.get $at))))))))))
