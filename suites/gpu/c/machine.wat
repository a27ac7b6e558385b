;;! description = "in C: an interpreter of a small machine in each thread, its tape and its brackets on the stack"
;;!
;;! # The same program for all threads, with the thread's number on the tape:
;;! # moves it five times over, so that 5 * i comes out.
;;! [[check]]
;;! launch = "run"
;;! blocks = [3]
;;! threads = [7]
;;! args = "(i32.const 21)"
;;! returns = ""
;;! write = [{ at = 0x40000, text = "[->+++++<]>." }]
;;! memory = [
;;!   { at = 0x41000, i32-range = { count = 21, start = 0, step = 5 } },
;;!   { at = 0x41054, i32 = [0] },
;;! ]
;;!
;;! # Squares: loops in loops.
;;! [[check]]
;;! launch = "run"
;;! threads = [15]
;;! args = "(i32.const 15)"
;;! returns = ""
;;! write = [
;;!   { at = 0x40000, text = "[->+>+<<]>[->[->+>+<<]>>[-<<+>>]<<<]>>.     " },
;;!   { at = 0x4002b, bytes = "00" },
;;! ]
;;! memory = [{ at = 0x41000, i32 = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196] }]
;;!
;;! # A bracket that nothing closes.
;;! [[check]]
;;! launch = "run"
;;! threads = [2]
;;! args = "(i32.const 2)"
;;! traps = "unreachable"
;;! thread = 0
;;! write = [{ at = 0x40000, text = "[[->+<]" }, { at = 0x40007, bytes = "00" }]

;; From machine.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32)))
  (import "gpu" "global_id_x" (func (;0;) (type 0)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "run" (func 1))
  (func (;1;) (type 1) (param i32)
    (local i32 i32 i32 i32 i32 i32)
    global.get 0
    i32.const 144
    i32.sub
    local.tee 1
    global.set 0
    block ;; label = @1
      block ;; label = @2
        call 0
        local.get 0
        i32.ge_u
        br_if 0 (;@2;)
        i32.const 0
        local.set 2
        i32.const 0
        local.set 3
        block ;; label = @3
          i32.const 0
          i32.load8_u offset=262144
          local.tee 4
          i32.eqz
          br_if 0 (;@3;)
          i32.const 0
          local.set 0
          i32.const 0
          local.set 5
          loop ;; label = @4
            local.get 1
            local.get 0
            i32.add
            local.tee 3
            i32.const 0
            i32.store8
            block ;; label = @5
              block ;; label = @6
                block ;; label = @7
                  local.get 4
                  i32.const 255
                  i32.and
                  i32.const -91
                  i32.add
                  br_table 0 (;@7;) 2 (;@5;) 1 (;@6;) 2 (;@5;)
                end
                local.get 5
                i32.const 16
                i32.eq
                br_if 5 (;@1;)
                local.get 1
                i32.const 64
                i32.add
                local.get 5
                i32.add
                local.get 0
                i32.store8
                local.get 5
                i32.const 1
                i32.add
                local.set 5
                br 1 (;@5;)
              end
              local.get 5
              i32.eqz
              br_if 4 (;@1;)
              local.get 3
              local.get 1
              i32.const 64
              i32.add
              local.get 5
              i32.const -1
              i32.add
              local.tee 5
              i32.add
              i32.load8_u
              local.tee 4
              i32.store8
              local.get 1
              local.get 4
              i32.add
              local.get 0
              i32.store8
            end
            local.get 0
            i32.const 1
            i32.add
            local.set 3
            block ;; label = @5
              local.get 0
              i32.const 262145
              i32.add
              i32.load8_u
              local.tee 4
              i32.eqz
              br_if 0 (;@5;)
              local.get 0
              i32.const 63
              i32.lt_u
              local.set 6
              local.get 3
              local.set 0
              local.get 6
              br_if 1 (;@4;)
            end
          end
          local.get 5
          br_if 2 (;@1;)
        end
        loop ;; label = @3
          local.get 1
          i32.const 80
          i32.add
          local.get 2
          i32.add
          i64.const 0
          i64.store
          local.get 2
          i32.const 8
          i32.add
          local.tee 2
          i32.const 64
          i32.ne
          br_if 0 (;@3;)
        end
        local.get 1
        call 0
        i32.store8 offset=80
        local.get 3
        i32.eqz
        br_if 0 (;@2;)
        i32.const 0
        local.set 0
        i32.const 0
        local.set 2
        loop ;; label = @3
          block ;; label = @4
            block ;; label = @5
              block ;; label = @6
                block ;; label = @7
                  block ;; label = @8
                    block ;; label = @9
                      block ;; label = @10
                        block ;; label = @11
                          local.get 0
                          i32.load8_u offset=262144
                          i32.const -43
                          i32.add
                          br_table 2 (;@9;) 7 (;@4;) 3 (;@8;) 6 (;@5;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 1 (;@10;) 7 (;@4;) 0 (;@11;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 7 (;@4;) 4 (;@7;) 7 (;@4;) 5 (;@6;) 7 (;@4;)
                        end
                        local.get 2
                        i32.const 1
                        i32.add
                        i32.const 63
                        i32.and
                        local.set 2
                        br 6 (;@4;)
                      end
                      local.get 2
                      i32.const -1
                      i32.add
                      i32.const 63
                      i32.and
                      local.set 2
                      br 5 (;@4;)
                    end
                    local.get 1
                    i32.const 80
                    i32.add
                    local.get 2
                    i32.add
                    local.tee 5
                    local.get 5
                    i32.load8_u
                    i32.const 1
                    i32.add
                    i32.store8
                    br 4 (;@4;)
                  end
                  local.get 1
                  i32.const 80
                  i32.add
                  local.get 2
                  i32.add
                  local.tee 5
                  local.get 5
                  i32.load8_u
                  i32.const -1
                  i32.add
                  i32.store8
                  br 3 (;@4;)
                end
                local.get 1
                i32.const 80
                i32.add
                local.get 2
                i32.add
                i32.load8_u
                br_if 2 (;@4;)
                local.get 1
                local.get 0
                i32.add
                i32.load8_u
                local.set 0
                br 2 (;@4;)
              end
              local.get 1
              i32.const 80
              i32.add
              local.get 2
              i32.add
              i32.load8_u
              i32.eqz
              br_if 1 (;@4;)
              local.get 1
              local.get 0
              i32.add
              i32.load8_u
              local.set 0
              br 1 (;@4;)
            end
            local.get 1
            i32.const 80
            i32.add
            local.get 2
            i32.add
            i32.load8_u
            local.set 5
            call 0
            i32.const 2
            i32.shl
            local.get 5
            i32.store offset=266240
          end
          local.get 0
          i32.const 1
          i32.add
          local.tee 0
          local.get 3
          i32.lt_u
          br_if 0 (;@3;)
        end
      end
      local.get 1
      i32.const 144
      i32.add
      global.set 0
      return
    end
    unreachable
  )
)
