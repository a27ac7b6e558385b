;;! description = "in C: each thread sorts 48 numbers by heap, in an array on its stack"
;;!
;;! # Multiples of an odd number, 48 for each of 40 threads.
;;! [[check]]
;;! launch = "sort"
;;! blocks = [4]
;;! threads = [12]
;;! args = "(i32.const 40)"
;;! returns = ""
;;! write = [{ at = 0x40000, i32-range = { count = 1921, start = 5, step = 0x9e3779b1 } }]
;;!
;;! [[check]]
;;! call = "wrong"
;;! args = "(i32.const 40) (i32.const 5) (i32.const 0x9e3779b1)"
;;! returns = "(i32.const 0)"
;;!
;;! # Falling numbers of one thread.
;;! [[check]]
;;! launch = "sort"
;;! args = "(i32.const 1)"
;;! returns = ""
;;! write = [{ at = 0x40000, i32-range = { count = 49, start = 40, step = -1 } }]
;;! memory = [
;;!   { at = 0x40000, i32-range = { count = 48, start = -7, step = 1 } },
;;!   { at = 0x400c0, i32 = [-8] },
;;! ]

;; From sort.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (param i32 i32 i32) (result i32)))
  (import "gpu" "global_id_x" (func (;0;) (type 0)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "sort" (func 1))
  (export "wrong" (func 2))
  (func (;1;) (type 1) (param i32)
    (local i32 i32 i32 i32 i32 i32 i32)
    global.get 0
    i32.const 192
    i32.sub
    local.tee 1
    global.set 0
    block ;; label = @1
      call 0
      local.get 0
      i32.ge_u
      br_if 0 (;@1;)
      call 0
      i32.const 192
      i32.mul
      i32.const 262144
      i32.add
      local.set 2
      i32.const -192
      local.set 0
      loop ;; label = @2
        local.get 1
        local.get 0
        i32.add
        local.tee 3
        i32.const 192
        i32.add
        local.get 2
        local.get 0
        i32.add
        local.tee 4
        i32.const 192
        i32.add
        i64.load
        i64.store
        local.get 3
        i32.const 200
        i32.add
        local.get 4
        i32.const 200
        i32.add
        i64.load
        i64.store
        local.get 0
        i32.const 16
        i32.add
        local.tee 0
        br_if 0 (;@2;)
      end
      i32.const 24
      local.set 5
      loop ;; label = @2
        local.get 5
        i32.const -1
        i32.add
        local.tee 5
        i32.const 1
        i32.shl
        local.set 3
        local.get 5
        local.set 4
        loop ;; label = @3
          local.get 3
          i32.const 1
          i32.or
          local.set 0
          block ;; label = @4
            local.get 3
            i32.const 45
            i32.gt_u
            br_if 0 (;@4;)
            local.get 3
            i32.const 2
            i32.add
            local.tee 3
            local.get 0
            local.get 1
            local.get 0
            i32.const 2
            i32.shl
            i32.add
            i32.load
            local.get 1
            local.get 3
            i32.const 2
            i32.shl
            i32.add
            i32.load
            i32.lt_s
            select
            local.set 0
          end
          block ;; label = @4
            local.get 1
            local.get 4
            i32.const 2
            i32.shl
            i32.add
            local.tee 3
            i32.load
            local.tee 4
            local.get 1
            local.get 0
            i32.const 2
            i32.shl
            i32.add
            local.tee 6
            i32.load
            local.tee 7
            i32.ge_s
            br_if 0 (;@4;)
            local.get 3
            local.get 7
            i32.store
            local.get 6
            local.get 4
            i32.store
            local.get 0
            local.set 4
            local.get 0
            i32.const 1
            i32.shl
            local.tee 3
            i32.const 48
            i32.lt_u
            br_if 1 (;@3;)
          end
        end
        local.get 5
        br_if 0 (;@2;)
      end
      i32.const 47
      local.set 3
      block ;; label = @2
        loop ;; label = @3
          local.get 1
          local.get 3
          i32.const 2
          i32.shl
          i32.add
          local.tee 0
          i32.load
          local.set 4
          local.get 0
          local.get 1
          i32.load
          i32.store
          local.get 1
          local.get 4
          i32.store
          local.get 3
          i32.const 1
          i32.eq
          br_if 1 (;@2;)
          i32.const 0
          local.set 7
          i32.const 1
          local.set 0
          i32.const 0
          local.set 6
          loop ;; label = @4
            block ;; label = @5
              block ;; label = @6
                local.get 6
                i32.const 2
                i32.add
                local.tee 6
                local.get 3
                i32.lt_u
                br_if 0 (;@6;)
                local.get 0
                local.set 0
                br 1 (;@5;)
              end
              local.get 6
              local.get 0
              local.get 1
              local.get 0
              i32.const 2
              i32.shl
              i32.add
              i32.load
              local.get 1
              local.get 6
              i32.const 2
              i32.shl
              i32.add
              i32.load
              i32.lt_s
              select
              local.set 0
            end
            block ;; label = @5
              local.get 4
              local.get 1
              local.get 0
              i32.const 2
              i32.shl
              i32.add
              local.tee 6
              i32.load
              local.tee 5
              i32.ge_s
              br_if 0 (;@5;)
              local.get 1
              local.get 7
              i32.const 2
              i32.shl
              i32.add
              local.get 5
              i32.store
              local.get 6
              local.get 4
              i32.store
              local.get 0
              local.set 7
              local.get 0
              i32.const 1
              i32.shl
              local.tee 6
              i32.const 1
              i32.or
              local.tee 0
              local.get 3
              i32.lt_u
              br_if 1 (;@4;)
            end
          end
          local.get 3
          i32.const -1
          i32.add
          local.tee 3
          br_if 0 (;@3;)
        end
      end
      i32.const -192
      local.set 0
      loop ;; label = @2
        local.get 2
        local.get 0
        i32.add
        local.tee 3
        i32.const 192
        i32.add
        local.get 1
        local.get 0
        i32.add
        local.tee 4
        i32.const 192
        i32.add
        i64.load
        i64.store
        local.get 3
        i32.const 200
        i32.add
        local.get 4
        i32.const 200
        i32.add
        i64.load
        i64.store
        local.get 0
        i32.const 16
        i32.add
        local.tee 0
        br_if 0 (;@2;)
      end
    end
    local.get 1
    i32.const 192
    i32.add
    global.set 0
  )
  (func (;2;) (type 2) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32)
    i32.const 0
    local.set 3
    block ;; label = @1
      local.get 0
      i32.const 48
      i32.mul
      local.tee 4
      i32.eqz
      br_if 0 (;@1;)
      i32.const 0
      local.set 5
      loop ;; label = @2
        local.get 5
        i32.const 48
        i32.div_u
        local.set 6
        i32.const 1
        local.set 0
        block ;; label = @3
          local.get 5
          local.get 5
          i32.const 48
          i32.rem_u
          local.tee 7
          i32.sub
          i32.const -49
          i32.gt_u
          br_if 0 (;@3;)
          local.get 6
          i32.const 192
          i32.mul
          i32.const 262144
          i32.add
          local.set 8
          local.get 5
          local.get 2
          i32.mul
          local.get 1
          i32.add
          local.set 0
          i32.const 0
          local.set 9
          i32.const 0
          local.set 10
          loop ;; label = @4
            local.get 10
            local.get 8
            local.get 9
            i32.add
            local.tee 6
            i32.load
            local.get 0
            i32.eq
            i32.or
            local.get 6
            i32.const 4
            i32.add
            i32.load
            local.get 0
            i32.eq
            i32.or
            local.get 6
            i32.const 8
            i32.add
            i32.load
            local.get 0
            i32.eq
            i32.or
            local.get 6
            i32.const 12
            i32.add
            i32.load
            local.get 0
            i32.eq
            i32.or
            local.set 10
            local.get 9
            i32.const 16
            i32.add
            local.tee 9
            i32.const 192
            i32.ne
            br_if 0 (;@4;)
          end
          local.get 10
          i32.eqz
          local.set 0
        end
        local.get 3
        local.get 0
        i32.add
        local.set 0
        block ;; label = @3
          block ;; label = @4
            local.get 7
            br_if 0 (;@4;)
            i32.const 0
            local.set 6
            br 1 (;@3;)
          end
          local.get 5
          i32.const 2
          i32.shl
          local.tee 6
          i32.const 262140
          i32.add
          i32.load
          local.get 6
          i32.const 262144
          i32.add
          i32.load
          i32.gt_s
          local.set 6
        end
        local.get 0
        local.get 6
        i32.add
        local.set 3
        local.get 5
        i32.const 1
        i32.add
        local.tee 5
        local.get 4
        i32.ne
        br_if 0 (;@2;)
      end
    end
    local.get 3
  )
)
