;; A product of matrices in tiles of 16 by 16: each block loads a tile of both to its own
;; memory, and all its threads use all of it. It waits at barriers, and has a module of
;; its own, since all kernels of such a module end together.
(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "global_id_y" (func $id_y (result i32)))
  (import "gpu" "thread_id_x" (func $tx (result i32)))
  (import "gpu" "thread_id_y" (func $ty (result i32)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "workgroup" (memory $tile 2048 (pagesize 1)))
  (memory $m (export "memory") 0 65536)

  ;; z = x y, of n rows and columns, a multiple of 16: an element for each thread.
  (func (export "matmul_tiled") (param $n i32) (param $x i32) (param $y i32) (param $z i32)
    (local $left i32) (local $k i32) (local $a i32) (local $b i32) (local $sum f32)
    (local $row i32) (local $own i32)
    (local.set $row (i32.mul (i32.shl (local.get $n) (i32.const 2)) (call $id_y)))
    ;; Where this thread's element of a tile is.
    (local.set $own
      (i32.shl (i32.add (i32.shl (call $ty) (i32.const 4)) (call $tx)) (i32.const 2)))
    (local.set $x
      (i32.add (i32.add (local.get $x) (local.get $row)) (i32.shl (call $tx) (i32.const 2))))
    (local.set $y
      (i32.add (local.get $y)
        (i32.shl (i32.add (i32.mul (call $ty) (local.get $n)) (call $id)) (i32.const 2))))
    (local.set $left (i32.shr_u (local.get $n) (i32.const 4)))
    (block $done
      (loop $tiles
        (br_if $done (i32.eqz (local.get $left)))
        (f32.store $tile (local.get $own) (f32.load $m (local.get $x)))
        (f32.store $tile offset=1024 (local.get $own) (f32.load $m (local.get $y)))
        (call $barrier)
        (local.set $a (i32.shl (call $ty) (i32.const 6)))
        (local.set $b (i32.shl (call $tx) (i32.const 2)))
        (local.set $k (i32.const 16))
        (loop $next
          (local.set $sum
            (f32.add (local.get $sum)
              (f32.mul (f32.load $tile (local.get $a))
                (f32.load $tile offset=1024 (local.get $b)))))
          (local.set $a (i32.add (local.get $a) (i32.const 4)))
          (local.set $b (i32.add (local.get $b) (i32.const 64)))
          (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (call $barrier)
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (local.set $y (i32.add (local.get $y) (i32.shl (local.get $n) (i32.const 6))))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $tiles)))
    (f32.store $m
      (i32.add (i32.add (local.get $z) (local.get $row)) (i32.shl (call $id) (i32.const 2)))
      (local.get $sum))))
