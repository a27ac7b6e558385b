;;! description = "in C: loops for one thread, as a compiler writes them; most are maps, which offload takes"
;;!
;;! [[check]]
;;! call = "saxpy"
;;! args = "(i32.const 5) (f32.const 2) (i32.const 0x40000) (i32.const 0x40100)"
;;! returns = ""
;;! write = [{ at = 0x40000, f32 = [1, 2, 3, 4, 5, 6] }, { at = 0x40100, f32 = [10, 20, 30, 40, 50, 60] }]
;;! memory = [{ at = 0x40100, f32 = [12, 24, 36, 48, 60, 60] }]
;;!
;;! [[check]]
;;! call = "backwards"
;;! args = "(i32.const 7) (i32.const 0x40000) (i32.const 0x40100)"
;;! returns = ""
;;! write = [{ at = 0x40000, i32-range = { count = 8, start = 0, step = 8 } }]
;;! memory = [{ at = 0x40100, i32 = [0, 9, 18, 27, 36, 45, 54, 0] }]
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 8) (i32.const 0x40000)"
;;! returns = "(i32.const 224)"
;;! write = [{ at = 0x40000, i32-range = { count = 8, start = 0, step = 8 } }]

;; From maps.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (param i32 f32 i32 i32)))
  (type (;1;) (func (param i32 i32 i32)))
  (type (;2;) (func (param i32 i32)))
  (type (;3;) (func (param i32 i32 i32 i32)))
  (type (;4;) (func (param i32 i32) (result i32)))
  (type (;5;) (func (param i32 i32 i32) (result i32)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "saxpy" (func 0))
  (export "copied" (func 1))
  (export "filled" (func 2))
  (export "pairs" (func 3))
  (export "backwards" (func 4))
  (export "thirds" (func 5))
  (export "positive" (func 6))
  (export "scaled" (func 7))
  (export "row" (func 8))
  (export "column" (func 9))
  (export "polynomial" (func 10))
  (export "sum" (func 11))
  (export "prefixes" (func 12))
  (export "found" (func 13))
  (export "gathered" (func 14))
  (export "divided" (func 15))
  (func (;0;) (type 0) (param i32 f32 i32 i32)
    (local i32 i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      i32.const 0
      local.set 4
      block ;; label = @2
        local.get 0
        i32.const 1
        i32.eq
        br_if 0 (;@2;)
        local.get 0
        i32.const 1
        i32.and
        local.set 5
        local.get 0
        i32.const -2
        i32.and
        local.set 6
        i32.const 0
        local.set 4
        local.get 3
        local.set 0
        local.get 2
        local.set 7
        loop ;; label = @3
          local.get 0
          local.get 1
          local.get 7
          f32.load
          f32.mul
          local.get 0
          f32.load
          f32.add
          f32.store
          local.get 0
          i32.const 4
          i32.add
          local.tee 8
          local.get 1
          local.get 7
          i32.const 4
          i32.add
          f32.load
          f32.mul
          local.get 8
          f32.load
          f32.add
          f32.store
          local.get 0
          i32.const 8
          i32.add
          local.set 0
          local.get 7
          i32.const 8
          i32.add
          local.set 7
          local.get 6
          local.get 4
          i32.const 2
          i32.add
          local.tee 4
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 5
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 3
      local.get 4
      i32.const 2
      i32.shl
      local.tee 0
      i32.add
      local.tee 7
      local.get 1
      local.get 2
      local.get 0
      i32.add
      f32.load
      f32.mul
      local.get 7
      f32.load
      f32.add
      f32.store
    end
  )
  (func (;1;) (type 1) (param i32 i32 i32)
    (local i32 i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.const 1
      i32.lt_s
      br_if 0 (;@1;)
      local.get 0
      i32.const 3
      i32.and
      local.set 3
      i32.const 0
      local.set 4
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const 2147483644
        i32.and
        local.set 5
        i32.const 0
        local.set 0
        i32.const 0
        local.set 4
        loop ;; label = @3
          local.get 2
          local.get 0
          i32.add
          local.tee 6
          local.get 1
          local.get 0
          i32.add
          local.tee 7
          i64.load
          i64.store
          local.get 6
          i32.const 8
          i32.add
          local.get 7
          i32.const 8
          i32.add
          i64.load
          i64.store
          local.get 6
          i32.const 16
          i32.add
          local.get 7
          i32.const 16
          i32.add
          i64.load
          i64.store
          local.get 6
          i32.const 24
          i32.add
          local.get 7
          i32.const 24
          i32.add
          i64.load
          i64.store
          local.get 0
          i32.const 32
          i32.add
          local.set 0
          local.get 5
          local.get 4
          i32.const 4
          i32.add
          local.tee 4
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 3
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 1
      local.get 4
      i32.const 3
      i32.shl
      local.tee 6
      i32.add
      local.set 0
      local.get 2
      local.get 6
      i32.add
      local.set 6
      loop ;; label = @2
        local.get 6
        local.get 0
        i64.load
        i64.store
        local.get 0
        i32.const 8
        i32.add
        local.set 0
        local.get 6
        i32.const 8
        i32.add
        local.set 6
        local.get 3
        i32.const -1
        i32.add
        local.tee 3
        br_if 0 (;@2;)
      end
    end
  )
  (func (;2;) (type 1) (param i32 i32 i32)
    (local i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 0
      i32.const 7
      i32.and
      local.set 3
      i32.const 0
      local.set 4
      block ;; label = @2
        local.get 0
        i32.const 8
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const -8
        i32.and
        local.set 5
        i32.const 0
        local.set 4
        loop ;; label = @3
          local.get 1
          local.get 4
          i32.add
          local.tee 0
          local.get 2
          i32.store8
          local.get 0
          i32.const 7
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 6
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 5
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 4
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 3
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 2
          i32.add
          local.get 2
          i32.store8
          local.get 0
          i32.const 1
          i32.add
          local.get 2
          i32.store8
          local.get 5
          local.get 4
          i32.const 8
          i32.add
          local.tee 4
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 3
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 1
      local.get 4
      i32.add
      local.set 0
      loop ;; label = @2
        local.get 0
        local.get 2
        i32.store8
        local.get 0
        i32.const 1
        i32.add
        local.set 0
        local.get 3
        i32.const -1
        i32.add
        local.tee 3
        br_if 0 (;@2;)
      end
    end
  )
  (func (;3;) (type 2) (param i32 i32)
    (local i32 i32 i32 f32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      i32.const 0
      local.set 2
      block ;; label = @2
        local.get 0
        i32.const 1
        i32.eq
        br_if 0 (;@2;)
        local.get 0
        i32.const 1
        i32.and
        local.set 3
        local.get 0
        i32.const -2
        i32.and
        local.set 4
        i32.const 0
        local.set 2
        local.get 1
        local.set 0
        loop ;; label = @3
          local.get 0
          local.get 0
          f32.load
          f32.const 0x1p-1 (;=0.5;)
          f32.mul
          local.tee 5
          f32.store
          local.get 0
          i32.const 4
          i32.add
          local.tee 6
          local.get 5
          local.get 6
          f32.load
          f32.add
          f32.store
          local.get 0
          i32.const 8
          i32.add
          local.tee 6
          local.get 6
          f32.load
          f32.const 0x1p-1 (;=0.5;)
          f32.mul
          local.tee 5
          f32.store
          local.get 0
          i32.const 12
          i32.add
          local.tee 6
          local.get 5
          local.get 6
          f32.load
          f32.add
          f32.store
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 4
          local.get 2
          i32.const 2
          i32.add
          local.tee 2
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 3
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 1
      local.get 2
      i32.const 3
      i32.shl
      i32.add
      local.tee 0
      local.get 0
      f32.load
      f32.const 0x1p-1 (;=0.5;)
      f32.mul
      local.tee 5
      f32.store
      local.get 0
      local.get 5
      local.get 0
      f32.load offset=4
      f32.add
      f32.store offset=4
    end
  )
  (func (;4;) (type 1) (param i32 i32 i32)
    (local i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.const 1
      i32.lt_s
      br_if 0 (;@1;)
      local.get 0
      local.set 3
      block ;; label = @2
        local.get 0
        i32.const 3
        i32.and
        local.tee 4
        i32.eqz
        br_if 0 (;@2;)
        local.get 1
        local.get 0
        i32.const 2
        i32.shl
        i32.const -4
        i32.add
        local.tee 5
        i32.add
        local.set 6
        local.get 2
        local.get 5
        i32.add
        local.set 5
        local.get 0
        local.set 3
        loop ;; label = @3
          local.get 5
          local.get 6
          i32.load
          local.get 3
          i32.const -1
          i32.add
          local.tee 3
          i32.xor
          i32.store
          local.get 6
          i32.const -4
          i32.add
          local.set 6
          local.get 5
          i32.const -4
          i32.add
          local.set 5
          local.get 4
          i32.const -1
          i32.add
          local.tee 4
          br_if 0 (;@3;)
        end
      end
      local.get 0
      i32.const 4
      i32.lt_u
      br_if 0 (;@1;)
      local.get 3
      i32.const 4
      i32.add
      local.set 6
      local.get 1
      local.get 3
      i32.const 2
      i32.shl
      i32.const -16
      i32.add
      local.tee 3
      i32.add
      local.set 5
      local.get 2
      local.get 3
      i32.add
      local.set 3
      loop ;; label = @2
        local.get 3
        i32.const 12
        i32.add
        local.get 5
        i32.const 12
        i32.add
        i32.load
        local.get 6
        i32.const -5
        i32.add
        i32.xor
        i32.store
        local.get 3
        i32.const 8
        i32.add
        local.get 5
        i32.const 8
        i32.add
        i32.load
        local.get 6
        i32.const -6
        i32.add
        i32.xor
        i32.store
        local.get 3
        i32.const 4
        i32.add
        local.get 5
        i32.const 4
        i32.add
        i32.load
        local.get 6
        i32.const -7
        i32.add
        i32.xor
        i32.store
        local.get 3
        local.get 5
        i32.load
        local.get 6
        i32.const -8
        i32.add
        i32.xor
        i32.store
        local.get 5
        i32.const -16
        i32.add
        local.set 5
        local.get 3
        i32.const -16
        i32.add
        local.set 3
        local.get 6
        i32.const -4
        i32.add
        local.tee 6
        i32.const 4
        i32.gt_s
        br_if 0 (;@2;)
      end
    end
  )
  (func (;5;) (type 2) (param i32 i32)
    (local i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      i32.const 0
      local.set 2
      loop ;; label = @2
        local.get 1
        local.get 1
        i32.load
        i32.const 3
        i32.mul
        i32.const 1
        i32.add
        i32.store
        local.get 1
        i32.const 12
        i32.add
        local.set 1
        local.get 2
        i32.const 3
        i32.add
        local.tee 2
        local.get 0
        i32.lt_u
        br_if 0 (;@2;)
      end
    end
  )
  (func (;6;) (type 2) (param i32 i32)
    (local i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 0
      i32.const 3
      i32.and
      local.set 2
      i32.const 0
      local.set 3
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const -4
        i32.and
        local.set 4
        local.get 1
        local.set 0
        i32.const 0
        local.set 3
        loop ;; label = @3
          block ;; label = @4
            local.get 0
            f32.load
            f32.const 0x0p+0 (;=0;)
            f32.lt
            i32.eqz
            br_if 0 (;@4;)
            local.get 0
            i32.const 0
            i32.store
          end
          block ;; label = @4
            local.get 0
            i32.const 4
            i32.add
            local.tee 5
            f32.load
            f32.const 0x0p+0 (;=0;)
            f32.lt
            i32.eqz
            br_if 0 (;@4;)
            local.get 5
            i32.const 0
            i32.store
          end
          block ;; label = @4
            local.get 0
            i32.const 8
            i32.add
            local.tee 5
            f32.load
            f32.const 0x0p+0 (;=0;)
            f32.lt
            i32.eqz
            br_if 0 (;@4;)
            local.get 5
            i32.const 0
            i32.store
          end
          block ;; label = @4
            local.get 0
            i32.const 12
            i32.add
            local.tee 5
            f32.load
            f32.const 0x0p+0 (;=0;)
            f32.lt
            i32.eqz
            br_if 0 (;@4;)
            local.get 5
            i32.const 0
            i32.store
          end
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 4
          local.get 3
          i32.const 4
          i32.add
          local.tee 3
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 2
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 1
      local.get 3
      i32.const 2
      i32.shl
      i32.add
      local.set 0
      loop ;; label = @2
        block ;; label = @3
          local.get 0
          f32.load
          f32.const 0x0p+0 (;=0;)
          f32.lt
          i32.eqz
          br_if 0 (;@3;)
          local.get 0
          i32.const 0
          i32.store
        end
        local.get 0
        i32.const 4
        i32.add
        local.set 0
        local.get 2
        i32.const -1
        i32.add
        local.tee 2
        br_if 0 (;@2;)
      end
    end
  )
  (func (;7;) (type 0) (param i32 f32 i32 i32)
    (local i32 i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 1
      local.get 1
      f32.mul
      local.set 1
      local.get 0
      i32.const 3
      i32.and
      local.set 4
      i32.const 0
      local.set 5
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const -4
        i32.and
        local.set 6
        i32.const 0
        local.set 0
        i32.const 0
        local.set 5
        loop ;; label = @3
          local.get 3
          local.get 0
          i32.add
          local.tee 7
          local.get 1
          local.get 2
          local.get 0
          i32.add
          local.tee 8
          f32.load
          f32.mul
          f32.store
          local.get 7
          i32.const 4
          i32.add
          local.get 1
          local.get 8
          i32.const 4
          i32.add
          f32.load
          f32.mul
          f32.store
          local.get 7
          i32.const 8
          i32.add
          local.get 1
          local.get 8
          i32.const 8
          i32.add
          f32.load
          f32.mul
          f32.store
          local.get 7
          i32.const 12
          i32.add
          local.get 1
          local.get 8
          i32.const 12
          i32.add
          f32.load
          f32.mul
          f32.store
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 6
          local.get 5
          i32.const 4
          i32.add
          local.tee 5
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 4
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 2
      local.get 5
      i32.const 2
      i32.shl
      local.tee 7
      i32.add
      local.set 0
      local.get 3
      local.get 7
      i32.add
      local.set 7
      loop ;; label = @2
        local.get 7
        local.get 1
        local.get 0
        f32.load
        f32.mul
        f32.store
        local.get 0
        i32.const 4
        i32.add
        local.set 0
        local.get 7
        i32.const 4
        i32.add
        local.set 7
        local.get 4
        i32.const -1
        i32.add
        local.tee 4
        br_if 0 (;@2;)
      end
    end
  )
  (func (;8;) (type 1) (param i32 i32 i32)
    (local i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 2
      local.get 1
      local.get 0
      i32.mul
      i32.const 3
      i32.shl
      i32.add
      local.set 3
      i32.const 0
      local.set 2
      block ;; label = @2
        local.get 0
        i32.const 1
        i32.eq
        br_if 0 (;@2;)
        local.get 0
        i32.const 1
        i32.and
        local.set 4
        local.get 0
        i32.const -2
        i32.and
        local.set 5
        i32.const 0
        local.set 2
        local.get 3
        local.set 0
        loop ;; label = @3
          local.get 0
          local.get 0
          f64.load
          f64.const 0x1.8p+1 (;=3;)
          f64.div
          f64.store
          local.get 0
          i32.const 8
          i32.add
          local.tee 1
          local.get 1
          f64.load
          f64.const 0x1.8p+1 (;=3;)
          f64.div
          f64.store
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 5
          local.get 2
          i32.const 2
          i32.add
          local.tee 2
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 4
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 3
      local.get 2
      i32.const 3
      i32.shl
      i32.add
      local.tee 0
      local.get 0
      f64.load
      f64.const 0x1.8p+1 (;=3;)
      f64.div
      f64.store
    end
  )
  (func (;9;) (type 3) (param i32 i32 i32 i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 0
      i32.const 3
      i32.and
      local.set 4
      i32.const 0
      local.set 5
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 3
        local.get 2
        i32.const 1
        i32.shl
        i32.add
        local.set 6
        local.get 1
        i32.const 1
        i32.shl
        local.set 7
        local.get 1
        i32.const 2
        i32.shl
        local.set 8
        local.get 1
        i32.const 3
        i32.shl
        local.set 9
        local.get 1
        i32.const 6
        i32.mul
        local.set 10
        local.get 0
        i32.const -4
        i32.and
        local.set 11
        i32.const 0
        local.set 5
        loop ;; label = @3
          local.get 6
          local.get 6
          i32.load16_u
          i32.const 5
          i32.add
          i32.store16
          local.get 6
          local.get 7
          i32.add
          local.tee 0
          local.get 0
          i32.load16_u
          i32.const 5
          i32.add
          i32.store16
          local.get 6
          local.get 8
          i32.add
          local.tee 0
          local.get 0
          i32.load16_u
          i32.const 5
          i32.add
          i32.store16
          local.get 6
          local.get 10
          i32.add
          local.tee 0
          local.get 0
          i32.load16_u
          i32.const 5
          i32.add
          i32.store16
          local.get 6
          local.get 9
          i32.add
          local.set 6
          local.get 11
          local.get 5
          i32.const 4
          i32.add
          local.tee 5
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 4
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 3
      local.get 5
      local.get 1
      i32.mul
      i32.const 1
      i32.shl
      local.get 2
      i32.const 1
      i32.shl
      i32.add
      i32.add
      local.set 6
      local.get 1
      i32.const 1
      i32.shl
      local.set 5
      loop ;; label = @2
        local.get 6
        local.get 6
        i32.load16_u
        i32.const 5
        i32.add
        i32.store16
        local.get 6
        local.get 5
        i32.add
        local.set 6
        local.get 4
        i32.const -1
        i32.add
        local.tee 4
        br_if 0 (;@2;)
      end
    end
  )
  (func (;10;) (type 1) (param i32 i32 i32)
    (local f64)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      loop ;; label = @2
        local.get 2
        local.get 1
        f64.load
        local.tee 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        local.get 3
        f64.const 0x0p+0 (;=0;)
        f64.mul
        f64.const 0x1.8p+3 (;=12;)
        f64.add
        f64.mul
        f64.const 0x1.6p+3 (;=11;)
        f64.add
        f64.mul
        f64.const 0x1.4p+3 (;=10;)
        f64.add
        f64.mul
        f64.const 0x1.2p+3 (;=9;)
        f64.add
        f64.mul
        f64.const 0x1p+3 (;=8;)
        f64.add
        f64.mul
        f64.const 0x1.cp+2 (;=7;)
        f64.add
        f64.mul
        f64.const 0x1.8p+2 (;=6;)
        f64.add
        f64.mul
        f64.const 0x1.4p+2 (;=5;)
        f64.add
        f64.mul
        f64.const 0x1p+2 (;=4;)
        f64.add
        f64.mul
        f64.const 0x1.8p+1 (;=3;)
        f64.add
        f64.mul
        f64.const 0x1p+1 (;=2;)
        f64.add
        f64.mul
        f64.const 0x1p+0 (;=1;)
        f64.add
        f64.store
        local.get 1
        i32.const 8
        i32.add
        local.set 1
        local.get 2
        i32.const 8
        i32.add
        local.set 2
        local.get 0
        i32.const -1
        i32.add
        local.tee 0
        br_if 0 (;@2;)
      end
    end
  )
  (func (;11;) (type 4) (param i32 i32) (result i32)
    (local i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      br_if 0 (;@1;)
      i32.const 0
      return
    end
    local.get 0
    i32.const 3
    i32.and
    local.set 2
    i32.const 0
    local.set 3
    i32.const 0
    local.set 4
    block ;; label = @1
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const -4
        i32.and
        local.set 5
        i32.const 0
        local.set 3
        local.get 1
        local.set 0
        i32.const 0
        local.set 4
        loop ;; label = @3
          local.get 0
          i32.const 12
          i32.add
          i32.load
          local.get 0
          i32.const 8
          i32.add
          i32.load
          local.get 0
          i32.const 4
          i32.add
          i32.load
          local.get 0
          i32.load
          local.get 4
          i32.add
          i32.add
          i32.add
          i32.add
          local.set 4
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 5
          local.get 3
          i32.const 4
          i32.add
          local.tee 3
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 2
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 1
      local.get 3
      i32.const 2
      i32.shl
      i32.add
      local.set 0
      loop ;; label = @2
        local.get 0
        i32.load
        local.get 4
        i32.add
        local.set 4
        local.get 0
        i32.const 4
        i32.add
        local.set 0
        local.get 2
        i32.const -1
        i32.add
        local.tee 2
        br_if 0 (;@2;)
      end
    end
    local.get 4
  )
  (func (;12;) (type 2) (param i32 i32)
    (local i32 i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.const 2
      i32.lt_u
      br_if 0 (;@1;)
      local.get 0
      i32.const -1
      i32.add
      local.tee 2
      i32.const 3
      i32.and
      local.set 3
      local.get 1
      i32.load
      local.set 4
      i32.const 1
      local.set 5
      block ;; label = @2
        local.get 0
        i32.const -2
        i32.add
        i32.const 3
        i32.lt_u
        br_if 0 (;@2;)
        local.get 1
        i32.const 16
        i32.add
        local.set 0
        local.get 2
        i32.const -4
        i32.and
        local.set 6
        i32.const 0
        local.set 5
        loop ;; label = @3
          local.get 0
          i32.const -12
          i32.add
          local.tee 2
          local.get 2
          i32.load
          local.get 4
          i32.add
          local.tee 4
          i32.store
          local.get 0
          i32.const -8
          i32.add
          local.tee 2
          local.get 2
          i32.load
          local.get 4
          i32.add
          local.tee 4
          i32.store
          local.get 0
          i32.const -4
          i32.add
          local.tee 2
          local.get 2
          i32.load
          local.get 4
          i32.add
          local.tee 4
          i32.store
          local.get 0
          local.get 0
          i32.load
          local.get 4
          i32.add
          local.tee 4
          i32.store
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 6
          local.get 5
          i32.const 4
          i32.add
          local.tee 5
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 3
        i32.eqz
        br_if 1 (;@1;)
        local.get 5
        i32.const 1
        i32.add
        local.set 5
      end
      local.get 1
      local.get 5
      i32.const 2
      i32.shl
      i32.add
      local.set 0
      loop ;; label = @2
        local.get 0
        local.get 0
        i32.load
        local.get 4
        i32.add
        local.tee 4
        i32.store
        local.get 0
        i32.const 4
        i32.add
        local.set 0
        local.get 3
        i32.const -1
        i32.add
        local.tee 3
        br_if 0 (;@2;)
      end
    end
  )
  (func (;13;) (type 5) (param i32 i32 i32) (result i32)
    (local i32)
    block ;; label = @1
      local.get 0
      br_if 0 (;@1;)
      i32.const 0
      return
    end
    i32.const 0
    local.set 3
    block ;; label = @1
      loop ;; label = @2
        local.get 1
        i32.load
        local.get 2
        i32.eq
        br_if 1 (;@1;)
        local.get 1
        i32.const 0
        i32.store
        local.get 1
        i32.const 4
        i32.add
        local.set 1
        local.get 0
        local.get 3
        i32.const 1
        i32.add
        local.tee 3
        i32.ne
        br_if 0 (;@2;)
      end
      local.get 0
      local.set 3
    end
    local.get 3
  )
  (func (;14;) (type 3) (param i32 i32 i32 i32)
    (local i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      local.get 0
      i32.const 3
      i32.and
      local.set 4
      i32.const 0
      local.set 5
      block ;; label = @2
        local.get 0
        i32.const 4
        i32.lt_u
        br_if 0 (;@2;)
        local.get 0
        i32.const -4
        i32.and
        local.set 6
        i32.const 0
        local.set 5
        local.get 1
        local.set 0
        loop ;; label = @3
          local.get 3
          local.get 5
          i32.add
          local.tee 7
          local.get 2
          local.get 0
          i32.load
          i32.add
          i32.load8_u
          i32.store8
          local.get 7
          i32.const 1
          i32.add
          local.get 2
          local.get 0
          i32.const 4
          i32.add
          i32.load
          i32.add
          i32.load8_u
          i32.store8
          local.get 7
          i32.const 2
          i32.add
          local.get 2
          local.get 0
          i32.const 8
          i32.add
          i32.load
          i32.add
          i32.load8_u
          i32.store8
          local.get 7
          i32.const 3
          i32.add
          local.get 2
          local.get 0
          i32.const 12
          i32.add
          i32.load
          i32.add
          i32.load8_u
          i32.store8
          local.get 0
          i32.const 16
          i32.add
          local.set 0
          local.get 6
          local.get 5
          i32.const 4
          i32.add
          local.tee 5
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 4
        i32.eqz
        br_if 1 (;@1;)
      end
      local.get 3
      local.get 5
      i32.add
      local.set 0
      local.get 1
      local.get 5
      i32.const 2
      i32.shl
      i32.add
      local.set 7
      loop ;; label = @2
        local.get 0
        local.get 2
        local.get 7
        i32.load
        i32.add
        i32.load8_u
        i32.store8
        local.get 7
        i32.const 4
        i32.add
        local.set 7
        local.get 0
        i32.const 1
        i32.add
        local.set 0
        local.get 4
        i32.const -1
        i32.add
        local.tee 4
        br_if 0 (;@2;)
      end
    end
  )
  (func (;15;) (type 1) (param i32 i32 i32)
    (local i32 i32 i32 i32)
    block ;; label = @1
      local.get 0
      i32.eqz
      br_if 0 (;@1;)
      i32.const 0
      local.set 3
      block ;; label = @2
        local.get 0
        i32.const 1
        i32.eq
        br_if 0 (;@2;)
        local.get 0
        i32.const 1
        i32.and
        local.set 4
        local.get 0
        i32.const -2
        i32.and
        local.set 5
        i32.const 0
        local.set 3
        local.get 2
        local.set 0
        local.get 1
        local.set 6
        loop ;; label = @3
          local.get 0
          i32.const 1000
          local.get 6
          i32.load
          i32.div_s
          i32.store
          local.get 0
          i32.const 4
          i32.add
          i32.const 1000
          local.get 6
          i32.const 4
          i32.add
          i32.load
          i32.div_s
          i32.store
          local.get 0
          i32.const 8
          i32.add
          local.set 0
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
      local.get 2
      local.get 3
      i32.const 2
      i32.shl
      local.tee 0
      i32.add
      i32.const 1000
      local.get 1
      local.get 0
      i32.add
      i32.load
      i32.div_s
      i32.store
    end
  )
)
