;;! description = "products of matrices, naive and in tiles of workgroup memory"
;;!
;;! # By hand: (1 2 3; 4 5 6) times (7 8; 9 10; 11 12).
;;! [[check]]
;;! launch = "naive"
;;! threads = [2, 2]
;;! args = "(i32.const 2) (i32.const 3) (i32.const 2)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 6, start = 1.0, step = 1.0 } },
;;!   { at = 0x4000, f32-range = { count = 6, start = 7.0, step = 1.0 } },
;;! ]
;;! memory = [{ at = 0x8000, f32 = [58.0, 64.0, 139.0, 154.0] }]
;;!
;;! # 37 x 29 times 29 x 41, all of it against one thread that goes the other way.
;;! [[check]]
;;! launch = "naive"
;;! blocks = [6, 10]
;;! threads = [8, 4]
;;! args = "(i32.const 37) (i32.const 29) (i32.const 41)"
;;! returns = ""
;;! write = [
;;!   { at = 0, f32-range = { count = 1073, start = -300.0, step = 0.5 } },
;;!   { at = 0x4000, f32-range = { count = 1189, start = 90.0, step = -0.25 } },
;;! ]
;;!
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 37) (i32.const 29) (i32.const 41)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! launch = "tiled"
;;! blocks = [6, 5]
;;! threads = [8, 8]
;;! args = "(i32.const 37) (i32.const 29) (i32.const 41)"
;;! returns = ""
;;! write = [{ at = 0x8000, f32-range = { count = 1517, start = -1.0, step = 0.0 } }]
;;!
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 37) (i32.const 29) (i32.const 41)"
;;! returns = "(i32.const 0)"
;;!
;;! # One wrong element is seen.
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 37) (i32.const 29) (i32.const 41)"
;;! returns = "(i32.const 1)"
;;! write = [{ at = 38_832, f32 = [0.125] }]

(module
  (import "gpu" "workgroup" (memory $w 512 (pagesize 1)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "global_id_x" (func $column (result i32)))
  (import "gpu" "global_id_y" (func $row (result i32)))
  (import "gpu" "thread_id_x" (func $tx (result i32)))
  (import "gpu" "thread_id_y" (func $ty (result i32)))
  (memory $m (export "memory") 1)

  ;; The address of an element of a matrix that is so wide and begins at 0.
  (func $at (param $row i32) (param $column i32) (param $width i32) (result i32)
    (i32.shl
      (i32.add (i32.mul (local.get $row) (local.get $width)) (local.get $column))
      (i32.const 2)))

  ;; c at 0x8000 = a at 0, rows x inner, times b at 0x4000, inner x columns.
  (func (export "naive") (param $rows i32) (param $inner i32) (param $columns i32)
    (local $k i32) (local $sum f32)
    (if (i32.or
          (i32.ge_u (call $row) (local.get $rows))
          (i32.ge_u (call $column) (local.get $columns)))
      (then (return)))
    (loop $next
      (local.set $sum
        (f32.add (local.get $sum)
          (f32.mul
            (f32.load $m (call $at (call $row) (local.get $k) (local.get $inner)))
            (f32.load $m offset=0x4000
              (call $at (local.get $k) (call $column) (local.get $columns))))))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $k) (local.get $inner))))
    (f32.store $m offset=0x8000
      (call $at (call $row) (call $column) (local.get $columns))
      (local.get $sum)))

  ;; Blocks of 8 x 8 threads; zeros lie beyond the edges.
  (func (export "tiled") (param $rows i32) (param $inner i32) (param $columns i32)
    (local $tile i32) (local $k i32) (local $sum f32)
    (loop $tiles
      (f32.store $w (call $at (call $ty) (call $tx) (i32.const 8))
        (if (result f32)
          (i32.and
            (i32.lt_u (call $row) (local.get $rows))
            (i32.lt_u (i32.add (local.get $tile) (call $tx)) (local.get $inner)))
          (then
            (f32.load $m
              (call $at (call $row) (i32.add (local.get $tile) (call $tx)) (local.get $inner))))
          (else (f32.const 0))))
      (f32.store $w offset=256 (call $at (call $ty) (call $tx) (i32.const 8))
        (if (result f32)
          (i32.and
            (i32.lt_u (i32.add (local.get $tile) (call $ty)) (local.get $inner))
            (i32.lt_u (call $column) (local.get $columns)))
          (then
            (f32.load $m offset=0x4000
              (call $at
                (i32.add (local.get $tile) (call $ty)) (call $column) (local.get $columns))))
          (else (f32.const 0))))
      (call $barrier)
      (local.set $k (i32.const 0))
      (loop $next
        (local.set $sum
          (f32.add (local.get $sum)
            (f32.mul
              (f32.load $w (call $at (call $ty) (local.get $k) (i32.const 8)))
              (f32.load $w offset=256 (call $at (local.get $k) (call $tx) (i32.const 8))))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $k) (i32.const 8))))
      (call $barrier)
      (local.set $tile (i32.add (local.get $tile) (i32.const 8)))
      (br_if $tiles (i32.lt_u (local.get $tile) (local.get $inner))))
    (if (i32.and
          (i32.lt_u (call $row) (local.get $rows))
          (i32.lt_u (call $column) (local.get $columns)))
      (then
        (f32.store $m offset=0x8000
          (call $at (call $row) (call $column) (local.get $columns))
          (local.get $sum)))))

  ;; How many elements of c differ from what 64-bit floats give, which here is
  ;; exact: all products are multiples of 1/8, and sums stay below 2^20.
  (func (export "wrong") (param $rows i32) (param $inner i32) (param $columns i32)
    (result i32)
    (local $r i32) (local $c i32) (local $k i32) (local $sum f64) (local $wrong i32)
    (local.set $r (local.get $rows))
    (loop $rows_left
      (local.set $r (i32.sub (local.get $r) (i32.const 1)))
      (local.set $c (local.get $columns))
      (loop $columns_left
        (local.set $c (i32.sub (local.get $c) (i32.const 1)))
        (local.set $k (local.get $inner))
        (local.set $sum (f64.const 0))
        (loop $terms_left
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (local.set $sum
            (f64.add (local.get $sum)
              (f64.promote_f32
                (f32.mul
                  (f32.load $m
                    (i32.mul (i32.const 4)
                      (i32.add (i32.mul (local.get $r) (local.get $inner)) (local.get $k))))
                  (f32.load $m
                    (i32.add (i32.const 0x4000)
                      (i32.mul (i32.const 4)
                        (i32.add
                          (i32.mul (local.get $k) (local.get $columns))
                          (local.get $c)))))))))
          (br_if $terms_left (local.get $k)))
        (local.set $wrong
          (i32.add (local.get $wrong)
            (f64.ne (local.get $sum)
              (f64.promote_f32
                (f32.load $m
                  (i32.add (i32.const 0x8000)
                    (i32.mul (i32.const 4)
                      (i32.add
                        (i32.mul (local.get $r) (local.get $columns))
                        (local.get $c)))))))))
        (br_if $columns_left (local.get $c)))
      (br_if $rows_left (local.get $r)))
    (local.get $wrong)))
