;;! description = "in C: ways to put queens on a board, one first row for each thread; the board is on the stack"
;;!
;;! # The known counts for boards of 4, 5, 6 and 8.
;;! [[check]]
;;! launch = "queens"
;;! threads = [8]
;;! args = "(i32.const 8)"
;;! returns = ""
;;! memory = [{ at = 0x40000, i32 = [4, 8, 16, 18, 18, 16, 8, 4] }]
;;!
;;! [[check]]
;;! launch = "queens"
;;! blocks = [3]
;;! threads = [2]
;;! args = "(i32.const 6)"
;;! returns = ""
;;! memory = [{ at = 0x40000, i32 = [0, 1, 1, 1, 1, 0, 8] }]
;;!
;;! [[check]]
;;! launch = "queens"
;;! blocks = [5]
;;! args = "(i32.const 5)"
;;! returns = ""
;;! memory = [{ at = 0x40000, i32 = [2, 2, 2, 2, 2, 0] }]

;; From queens.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32)))
  (import "gpu" "global_id_x" (func (;0;) (type 0)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "queens" (func 1))
  (func (;1;) (type 1) (param i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    global.get 0
    i32.const 64
    i32.sub
    local.tee 1
    global.set 0
    local.get 1
    i64.const 0
    i64.store offset=56
    local.get 1
    i64.const 0
    i64.store offset=48
    local.get 1
    i64.const 0
    i64.store offset=40
    local.get 1
    i64.const 0
    i64.store offset=32
    local.get 1
    i64.const 0
    i64.store offset=24
    local.get 1
    i64.const 0
    i64.store offset=16
    local.get 1
    i64.const 0
    i64.store offset=8
    local.get 1
    i64.const 0
    i64.store
    call 0
    local.set 2
    block ;; label = @1
      local.get 0
      i32.const 16
      i32.gt_u
      br_if 0 (;@1;)
      local.get 2
      local.get 0
      i32.ge_u
      br_if 0 (;@1;)
      local.get 1
      call 0
      i32.store
      local.get 1
      i32.const -1
      i32.store offset=4
      local.get 0
      i32.const -1
      i32.add
      local.set 3
      i32.const 1
      local.set 4
      i32.const 0
      local.set 5
      loop ;; label = @2
        local.get 1
        local.get 4
        i32.const 2
        i32.shl
        i32.add
        local.tee 6
        i32.load
        i32.const 1
        i32.add
        local.set 7
        block ;; label = @3
          local.get 4
          i32.const 1
          i32.lt_s
          br_if 0 (;@3;)
          local.get 7
          local.get 0
          i32.ge_u
          br_if 0 (;@3;)
          i32.const 0
          local.get 4
          i32.sub
          local.set 8
          loop ;; label = @4
            local.get 1
            local.set 2
            local.get 8
            local.set 9
            local.get 4
            local.set 10
            block ;; label = @5
              loop ;; label = @6
                local.get 2
                i32.load
                local.tee 11
                local.get 7
                i32.eq
                br_if 1 (;@5;)
                local.get 10
                local.get 11
                local.get 7
                i32.sub
                local.tee 11
                i32.eq
                br_if 1 (;@5;)
                local.get 9
                local.get 11
                i32.eq
                br_if 1 (;@5;)
                local.get 2
                i32.const 4
                i32.add
                local.set 2
                local.get 9
                i32.const 1
                i32.add
                local.set 9
                local.get 10
                i32.const -1
                i32.add
                local.tee 10
                i32.eqz
                br_if 3 (;@3;)
                br 0 (;@6;)
              end
            end
            local.get 7
            i32.const 1
            i32.add
            local.tee 7
            local.get 0
            i32.lt_u
            br_if 0 (;@4;)
          end
        end
        local.get 6
        local.get 7
        i32.store
        block ;; label = @3
          block ;; label = @4
            local.get 7
            local.get 0
            i32.ne
            br_if 0 (;@4;)
            local.get 4
            i32.const -1
            i32.add
            local.set 4
            br 1 (;@3;)
          end
          block ;; label = @4
            local.get 4
            local.get 3
            i32.ne
            br_if 0 (;@4;)
            local.get 5
            i32.const 1
            i32.add
            local.set 5
            local.get 3
            local.set 4
            br 1 (;@3;)
          end
          local.get 1
          local.get 4
          i32.const 1
          i32.add
          local.tee 4
          i32.const 2
          i32.shl
          i32.add
          i32.const -1
          i32.store
        end
        local.get 4
        br_if 0 (;@2;)
      end
      call 0
      i32.const 2
      i32.shl
      local.get 5
      i32.store offset=262144
    end
    local.get 1
    i32.const 64
    i32.add
    global.set 0
  )
)
