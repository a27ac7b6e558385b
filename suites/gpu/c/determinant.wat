;;! description = "in C: determinants by elimination, the matrix on the stack of each thread"
;;!
;;! # Triangles with 1 to 6 on the diagonal: the product is 720. Thread i is given the
;;! # same with i pairs of rows exchanged: each changes the sign.
;;! [[check]]
;;! launch = "triangles"
;;! blocks = [3]
;;! threads = [2]
;;! returns = ""
;;! memory = [{ at = 0x40000, f64 = [720.0, -720.0, 720.0, -720.0, 720.0, -720.0] }]
;;!
;;! # Rows that depend on each other.
;;! [[check]]
;;! launch = "same_rows"
;;! threads = [4]
;;! returns = ""
;;! memory = [{ at = 0x40000, f64 = [0.0, 0.0, 0.0, 0.0] }]

;; From determinant.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func))
  (type (;2;) (func (param i32) (result f64)))
  (import "gpu" "global_id_x" (func (;0;) (type 0)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "triangles" (func 1))
  (export "same_rows" (func 3))
  (func (;1;) (type 1)
    (local i32 i32 i32 i32 i32 i32 i32 i32)
    global.get 0
    i32.const 320
    i32.sub
    local.tee 0
    global.set 0
    call 0
    local.set 1
    local.get 0
    i64.const 21474836484
    i64.store offset=16
    local.get 0
    i64.const 12884901890
    i64.store offset=8
    local.get 0
    i64.const 4294967296
    i64.store
    block ;; label = @1
      local.get 1
      i32.eqz
      br_if 0 (;@1;)
      i32.const 1
      local.set 2
      i32.const 0
      local.set 3
      block ;; label = @2
        local.get 1
        i32.const 1
        i32.eq
        br_if 0 (;@2;)
        local.get 1
        i32.const 1
        i32.and
        local.set 4
        local.get 1
        i32.const -2
        i32.and
        local.set 5
        i32.const 0
        local.set 3
        local.get 0
        local.set 6
        loop ;; label = @3
          local.get 6
          local.get 3
          i32.const 5
          i32.div_u
          i32.const -20
          i32.mul
          i32.add
          local.tee 7
          local.get 7
          i64.load align=4
          i64.const 32
          i64.rotl
          i64.store align=4
          local.get 6
          local.get 2
          i32.const 5
          i32.div_u
          i32.const -20
          i32.mul
          i32.add
          i32.const 4
          i32.add
          local.tee 7
          local.get 7
          i64.load align=4
          i64.const 32
          i64.rotl
          i64.store align=4
          local.get 2
          i32.const 2
          i32.add
          local.set 2
          local.get 6
          i32.const 8
          i32.add
          local.set 6
          local.get 5
          local.get 3
          i32.const 2
          i32.add
          local.tee 3
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 4
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 0
      local.get 3
      i32.const 5
      i32.rem_u
      i32.const 2
      i32.shl
      i32.add
      local.tee 6
      local.get 6
      i64.load align=4
      i64.const 32
      i64.rotl
      i64.store align=4
    end
    local.get 0
    local.set 2
    i32.const 0
    local.set 7
    loop ;; label = @1
      local.get 0
      i32.const 32
      i32.add
      local.get 7
      i32.add
      local.tee 3
      i32.const 40
      i32.add
      i32.const 0
      i32.const 6
      i32.const 5
      local.get 2
      i32.load
      local.tee 6
      i32.sub
      local.get 6
      i32.const 5
      i32.eq
      select
      local.get 6
      i32.const 5
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 3
      i32.const 32
      i32.add
      i32.const 0
      i32.const 5
      i32.const 4
      local.get 6
      i32.sub
      local.get 6
      i32.const 4
      i32.eq
      select
      local.get 6
      i32.const 4
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 3
      i32.const 24
      i32.add
      i32.const 0
      i32.const 4
      i32.const 3
      local.get 6
      i32.sub
      local.get 6
      i32.const 3
      i32.eq
      select
      local.get 6
      i32.const 3
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 3
      i32.const 16
      i32.add
      i32.const 0
      i32.const 3
      i32.const 2
      local.get 6
      i32.sub
      local.get 6
      i32.const 2
      i32.eq
      select
      local.get 6
      i32.const 2
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 3
      i32.const 8
      i32.add
      i32.const 0
      i32.const 2
      i32.const 1
      local.get 6
      i32.sub
      local.get 6
      i32.const 1
      i32.eq
      select
      local.get 6
      i32.const 1
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 3
      i32.const 0
      i32.const 0
      local.get 6
      i32.sub
      i32.const 1
      local.get 6
      select
      local.get 6
      i32.const 0
      i32.gt_s
      select
      f64.convert_i32_s
      f64.store
      local.get 2
      i32.const 4
      i32.add
      local.set 2
      local.get 7
      i32.const 48
      i32.add
      local.tee 7
      i32.const 288
      i32.ne
      br_if 0 (;@1;)
    end
    local.get 1
    i32.const 3
    i32.shl
    local.get 0
    i32.const 32
    i32.add
    call 2
    f64.store offset=262144
    local.get 0
    i32.const 320
    i32.add
    global.set 0
  )
  (func (;2;) (type 2) (param i32) (result f64)
    (local i32 f64 i32 i32 i32 f64 i32 i32 i32 i32 i32 i32 i32 i32 f64 f64 f64 i32 i32 i32 i32 i32 i32 i32)
    i32.const 0
    local.set 1
    f64.const 0x1p+0 (;=1;)
    local.set 2
    local.get 0
    local.set 3
    i32.const 5
    local.set 4
    local.get 0
    local.set 5
    loop ;; label = @1
      local.get 2
      local.set 6
      local.get 1
      local.tee 7
      i32.const 1
      i32.add
      local.set 1
      local.get 7
      i32.const 3
      i32.shl
      local.set 8
      local.get 7
      local.set 9
      block ;; label = @2
        local.get 7
        i32.const 4
        i32.gt_u
        local.tee 10
        br_if 0 (;@2;)
        local.get 0
        local.get 8
        i32.add
        local.set 11
        local.get 1
        local.set 12
        local.get 7
        local.set 9
        block ;; label = @3
          local.get 7
          i32.const 1
          i32.and
          br_if 0 (;@3;)
          local.get 1
          local.get 7
          local.get 11
          local.get 1
          i32.const 48
          i32.mul
          i32.add
          f64.load
          f64.abs
          local.get 11
          local.get 7
          i32.const 48
          i32.mul
          i32.add
          f64.load
          f64.abs
          f64.gt
          select
          local.set 9
          local.get 7
          i32.const 2
          i32.add
          local.set 12
        end
        local.get 7
        i32.const 4
        i32.eq
        br_if 0 (;@2;)
        local.get 12
        i32.const 48
        i32.mul
        local.set 13
        loop ;; label = @3
          local.get 12
          i32.const 1
          i32.add
          local.get 12
          local.get 9
          local.get 5
          local.get 13
          i32.add
          local.tee 14
          f64.load
          f64.abs
          local.get 11
          local.get 9
          i32.const 48
          i32.mul
          i32.add
          f64.load
          f64.abs
          f64.gt
          select
          local.tee 9
          local.get 14
          i32.const 48
          i32.add
          f64.load
          f64.abs
          local.get 11
          local.get 9
          i32.const 48
          i32.mul
          i32.add
          f64.load
          f64.abs
          f64.gt
          select
          local.set 9
          local.get 13
          i32.const 96
          i32.add
          local.set 13
          local.get 12
          i32.const 2
          i32.add
          local.tee 12
          i32.const 6
          i32.ne
          br_if 0 (;@3;)
        end
      end
      f64.const 0x0p+0 (;=0;)
      local.set 2
      block ;; label = @2
        local.get 0
        local.get 9
        i32.const 48
        i32.mul
        i32.add
        local.tee 12
        local.get 8
        i32.add
        f64.load
        f64.const 0x0p+0 (;=0;)
        f64.eq
        br_if 0 (;@2;)
        block ;; label = @3
          local.get 9
          local.get 7
          i32.eq
          br_if 0 (;@3;)
          local.get 12
          f64.load
          local.set 2
          local.get 12
          local.get 0
          local.get 7
          i32.const 48
          i32.mul
          i32.add
          local.tee 9
          f64.load
          f64.store
          local.get 12
          f64.load offset=8
          local.set 15
          local.get 12
          local.get 9
          f64.load offset=8
          f64.store offset=8
          local.get 12
          f64.load offset=16
          local.set 16
          local.get 12
          local.get 9
          f64.load offset=16
          f64.store offset=16
          local.get 12
          f64.load offset=24
          local.set 17
          local.get 12
          local.get 9
          f64.load offset=24
          f64.store offset=24
          local.get 9
          local.get 2
          f64.store
          local.get 9
          local.get 15
          f64.store offset=8
          local.get 9
          local.get 16
          f64.store offset=16
          local.get 9
          local.get 17
          f64.store offset=24
          local.get 12
          f64.load offset=32
          local.set 2
          local.get 12
          local.get 9
          f64.load offset=32
          f64.store offset=32
          local.get 9
          local.get 2
          f64.store offset=32
          local.get 12
          f64.load offset=40
          local.set 2
          local.get 12
          local.get 9
          f64.load offset=40
          f64.store offset=40
          local.get 9
          local.get 2
          f64.store offset=40
          local.get 6
          f64.neg
          local.set 6
        end
        local.get 0
        local.get 7
        i32.const 48
        i32.mul
        i32.add
        local.tee 12
        local.get 8
        i32.add
        local.tee 9
        f64.load
        local.set 15
        block ;; label = @3
          local.get 10
          br_if 0 (;@3;)
          local.get 12
          local.get 7
          i32.const 5
          i32.add
          local.tee 18
          i32.const 3
          i32.shl
          i32.add
          local.set 19
          local.get 12
          local.get 7
          i32.const 4
          i32.add
          local.tee 20
          i32.const 3
          i32.shl
          i32.add
          local.set 21
          local.get 12
          local.get 7
          i32.const 3
          i32.add
          local.tee 22
          i32.const 3
          i32.shl
          i32.add
          local.set 23
          local.get 12
          local.get 7
          i32.const 2
          i32.add
          local.tee 8
          i32.const 3
          i32.shl
          i32.add
          local.set 24
          local.get 12
          local.get 7
          i32.const 1
          i32.add
          local.tee 14
          i32.const 3
          i32.shl
          i32.add
          local.set 10
          local.get 3
          local.set 12
          local.get 4
          local.set 13
          loop ;; label = @4
            local.get 12
            local.tee 11
            i32.const 48
            i32.add
            local.tee 12
            local.get 12
            f64.load
            local.tee 2
            local.get 2
            local.get 9
            f64.load
            f64.div
            local.tee 2
            local.get 9
            f64.load
            f64.mul
            f64.sub
            f64.store
            block ;; label = @5
              local.get 14
              i32.const 6
              i32.eq
              br_if 0 (;@5;)
              local.get 11
              i32.const 56
              i32.add
              local.tee 7
              local.get 7
              f64.load
              local.get 2
              local.get 10
              f64.load
              f64.mul
              f64.sub
              f64.store
              local.get 8
              i32.const 6
              i32.eq
              br_if 0 (;@5;)
              local.get 11
              i32.const 64
              i32.add
              local.tee 7
              local.get 7
              f64.load
              local.get 2
              local.get 24
              f64.load
              f64.mul
              f64.sub
              f64.store
              local.get 22
              i32.const 6
              i32.eq
              br_if 0 (;@5;)
              local.get 11
              i32.const 72
              i32.add
              local.tee 7
              local.get 7
              f64.load
              local.get 2
              local.get 23
              f64.load
              f64.mul
              f64.sub
              f64.store
              local.get 20
              i32.const 6
              i32.eq
              br_if 0 (;@5;)
              local.get 11
              i32.const 80
              i32.add
              local.tee 7
              local.get 7
              f64.load
              local.get 2
              local.get 21
              f64.load
              f64.mul
              f64.sub
              f64.store
              local.get 18
              i32.const 6
              i32.eq
              br_if 0 (;@5;)
              local.get 11
              i32.const 88
              i32.add
              local.tee 11
              local.get 11
              f64.load
              local.get 2
              local.get 19
              f64.load
              f64.mul
              f64.sub
              f64.store
            end
            local.get 13
            i32.const -1
            i32.add
            local.tee 13
            br_if 0 (;@4;)
          end
        end
        local.get 6
        local.get 15
        f64.mul
        local.set 2
        local.get 3
        i32.const 56
        i32.add
        local.set 3
        local.get 4
        i32.const -1
        i32.add
        local.set 4
        local.get 5
        i32.const 8
        i32.add
        local.set 5
        local.get 1
        i32.const 6
        i32.ne
        br_if 1 (;@1;)
      end
    end
    local.get 2
  )
  (func (;3;) (type 1)
    (local i32 i32 i32 i32 i32 i32 f64)
    global.get 0
    i32.const 288
    i32.sub
    local.tee 0
    global.set 0
    i32.const 0
    local.set 1
    i32.const 1
    local.set 2
    i32.const 0
    local.set 3
    loop ;; label = @1
      local.get 0
      local.get 1
      i32.add
      local.tee 4
      call 0
      i32.const 1
      i32.add
      local.get 2
      local.get 3
      i32.const 3
      i32.div_u
      i32.const 3
      i32.mul
      i32.sub
      local.tee 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 4
      i32.const 8
      i32.add
      call 0
      i32.const 2
      i32.add
      local.get 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 4
      i32.const 16
      i32.add
      call 0
      i32.const 3
      i32.add
      local.get 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 4
      i32.const 24
      i32.add
      call 0
      i32.const 4
      i32.add
      local.get 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 4
      i32.const 32
      i32.add
      call 0
      i32.const 5
      i32.add
      local.get 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 4
      i32.const 40
      i32.add
      call 0
      i32.const 6
      i32.add
      local.get 5
      i32.mul
      f64.convert_i32_s
      f64.store
      local.get 2
      i32.const 1
      i32.add
      local.set 2
      local.get 3
      i32.const 1
      i32.add
      local.set 3
      local.get 1
      i32.const 48
      i32.add
      local.tee 1
      i32.const 288
      i32.ne
      br_if 0 (;@1;)
    end
    local.get 0
    call 2
    local.set 6
    call 0
    i32.const 3
    i32.shl
    local.get 6
    f64.store offset=262144
    local.get 0
    i32.const 288
    i32.add
    global.set 0
  )
)
