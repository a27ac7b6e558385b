;; What `tensor-wasm gpu bench` measures. Each kernel has a counterpart in by_hand.ptx
;; that does the same without a check.
(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "global_id_y" (func $id_y (result i32)))
  (import "gpu" "grid_dim_x" (func $blocks (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (memory (export "memory") 0 65536)

  (func (export "nothing") (param $n i32) (param $x i32) (param $y i32) (param $z i32))

  ;; z = x, an element for each thread.
  (func (export "copy") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $at i32)
    (if (i32.lt_u (call $id) (local.get $n))
      (then
        (local.set $at (i32.shl (call $id) (i32.const 2)))
        (f32.store (i32.add (local.get $z) (local.get $at))
          (f32.load (i32.add (local.get $x) (local.get $at)))))))

  ;; z = x + y, an element for each thread.
  (func (export "add") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $at i32)
    (if (i32.lt_u (call $id) (local.get $n))
      (then
        (local.set $at (i32.shl (call $id) (i32.const 2)))
        (f32.store (i32.add (local.get $z) (local.get $at))
          (f32.add
            (f32.load (i32.add (local.get $x) (local.get $at)))
            (f32.load (i32.add (local.get $y) (local.get $at))))))))

  ;; z = 3 x + y, an element for each thread.
  (func (export "saxpy") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $at i32)
    (if (i32.lt_u (call $id) (local.get $n))
      (then
        (local.set $at (i32.shl (call $id) (i32.const 2)))
        (f32.store (i32.add (local.get $z) (local.get $at))
          (f32.add
            (f32.mul (f32.const 3) (f32.load (i32.add (local.get $x) (local.get $at))))
            (f32.load (i32.add (local.get $y) (local.get $at))))))))

  ;; The same, by as many threads as there are: each goes on by their number.
  (func (export "saxpy_strided") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $i i32) (local $at i32) (local $step i32)
    (local.set $i (call $id))
    (local.set $step (i32.mul (call $blocks) (call $threads)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $at (i32.shl (local.get $i) (i32.const 2)))
        (f32.store (i32.add (local.get $z) (local.get $at))
          (f32.add
            (f32.mul (f32.const 3) (f32.load (i32.add (local.get $x) (local.get $at))))
            (f32.load (i32.add (local.get $y) (local.get $at)))))
        (local.set $i (i32.add (local.get $i) (local.get $step)))
        (br $next))))

  ;; z = x y, of n rows and columns, a multiple of 16: an element for each thread.
  (func (export "matmul") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $k i32) (local $sum f32) (local $row i32)
    (local.set $row (i32.mul (i32.shl (local.get $n) (i32.const 2)) (call $id_y)))
    (local.set $x (i32.add (local.get $x) (local.get $row)))
    (local.set $y (i32.add (local.get $y) (i32.shl (call $id) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $k) (local.get $n)))
        (local.set $sum
          (f32.add (local.get $sum)
            (f32.mul (f32.load (local.get $x)) (f32.load (local.get $y)))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $y (i32.add (local.get $y) (i32.shl (local.get $n) (i32.const 2))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br $next)))
    (f32.store
      (i32.add (i32.add (local.get $z) (local.get $row)) (i32.shl (call $id) (i32.const 2)))
      (local.get $sum))))
