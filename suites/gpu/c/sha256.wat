;;! description = "in C: SHA-256 with the schedule on the stack of each thread, at every length of padding"
;;!
;;! # FIPS 180's "abc": thread i takes the first i bytes.
;;! [[check]]
;;! launch = "digest"
;;! threads = [4]
;;! returns = ""
;;! write = [{ at = 0x40000, text = "abc" }]
;;! memory = [
;;!   { at = 0x48060, bytes = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
;;!   { at = 0x48000, bytes = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
;;! ]
;;!
;;! # 0 to 127 times the letter a: around 56 and 64 the padding takes another block.
;;! [[check]]
;;! launch = "digest"
;;! blocks = [4]
;;! threads = [32]
;;! returns = ""
;;! write = [{ at = 0x40000, i32-range = { count = 32, start = 0x61616161, step = 0 } }]
;;! memory = [
;;!   { at = 0x486e0, bytes = "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
;;!   { at = 0x48700, bytes = "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
;;!   { at = 0x487e0, bytes = "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
;;!   { at = 0x48800, bytes = "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
;;!   { at = 0x48820, bytes = "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
;;!   { at = 0x48ee0, bytes = "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb" },
;;!   { at = 0x48f00, bytes = "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c" },
;;! ]

;; From sha256.c: `cargo xtask guests --bless` writes it.
(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func))
  (import "gpu" "global_id_x" (func (;0;) (type 0)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 16)
  (global (;0;) (mut i32) i32.const 16384)
  (export "memory" (memory 0))
  (export "__stack_pointer" (global 0))
  (export "digest" (func 1))
  (func (;1;) (type 1)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    global.get 0
    i32.const 288
    i32.sub
    local.tee 0
    global.set 0
    local.get 0
    i32.const 0
    i64.load offset=16408
    i64.store offset=280
    local.get 0
    i32.const 0
    i64.load offset=16400
    i64.store offset=272
    local.get 0
    i32.const 0
    i64.load offset=16392
    i64.store offset=264
    local.get 0
    i32.const 0
    i64.load offset=16384
    i64.store offset=256
    block ;; label = @1
      call 0
      local.tee 1
      i32.const 72
      i32.add
      local.tee 2
      i32.const -64
      i32.and
      local.tee 3
      i32.eqz
      br_if 0 (;@1;)
      i32.const 1
      local.get 1
      i32.sub
      local.set 4
      i32.const 2
      local.get 1
      i32.sub
      local.set 5
      local.get 3
      i32.const -3
      i32.add
      local.set 6
      i32.const 3
      local.get 1
      i32.sub
      local.set 7
      local.get 1
      i32.const 3
      i32.shl
      local.tee 8
      i32.const 248
      i32.and
      local.set 9
      local.get 2
      i32.const 3
      i32.shl
      i32.const -512
      i32.and
      i32.const -24
      i32.add
      local.set 10
      i32.const 1779033703
      local.set 11
      i32.const -1150833019
      local.set 12
      i32.const 1013904242
      local.set 13
      i32.const -1521486534
      local.set 14
      i32.const 1359893119
      local.set 15
      i32.const -1694144372
      local.set 16
      i32.const 528734635
      local.set 17
      i32.const 1541459225
      local.set 18
      i32.const 262144
      local.set 19
      local.get 1
      local.set 20
      i32.const 0
      local.set 21
      loop ;; label = @2
        local.get 4
        local.get 21
        i32.add
        local.set 22
        local.get 5
        local.get 21
        i32.add
        local.set 23
        local.get 7
        local.get 21
        i32.add
        local.set 24
        i32.const 0
        local.set 2
        local.get 10
        local.set 25
        local.get 6
        local.set 26
        loop ;; label = @3
          block ;; label = @4
            block ;; label = @5
              local.get 21
              local.get 2
              i32.add
              local.tee 27
              local.get 1
              i32.ge_u
              br_if 0 (;@5;)
              local.get 19
              local.get 2
              i32.add
              i32.load8_u
              local.set 28
              br 1 (;@4;)
            end
            block ;; label = @5
              local.get 20
              local.get 2
              i32.ne
              br_if 0 (;@5;)
              i32.const 128
              local.set 28
              br 1 (;@4;)
            end
            block ;; label = @5
              local.get 26
              i32.const 3
              i32.add
              i32.const 4
              i32.le_u
              br_if 0 (;@5;)
              i32.const 0
              local.set 28
              br 1 (;@4;)
            end
            local.get 8
            local.get 25
            i32.const 16
            i32.add
            i32.shr_u
            i32.const 255
            i32.and
            local.set 28
          end
          block ;; label = @4
            block ;; label = @5
              local.get 27
              i32.const 1
              i32.add
              local.get 1
              i32.lt_u
              br_if 0 (;@5;)
              block ;; label = @6
                local.get 22
                local.get 2
                i32.add
                br_if 0 (;@6;)
                i32.const 128
                local.set 29
                br 2 (;@4;)
              end
              block ;; label = @6
                local.get 26
                i32.const 2
                i32.add
                i32.const 4
                i32.le_u
                br_if 0 (;@6;)
                i32.const 0
                local.set 29
                br 2 (;@4;)
              end
              local.get 8
              local.get 25
              i32.const 8
              i32.add
              i32.shr_u
              i32.const 255
              i32.and
              local.set 29
              br 1 (;@4;)
            end
            local.get 19
            local.get 2
            i32.add
            i32.const 1
            i32.add
            i32.load8_u
            local.set 29
          end
          local.get 28
          i32.const 16
          i32.shl
          local.get 29
          i32.const 8
          i32.shl
          i32.or
          local.set 28
          block ;; label = @4
            block ;; label = @5
              local.get 27
              i32.const 2
              i32.add
              local.get 1
              i32.lt_u
              br_if 0 (;@5;)
              block ;; label = @6
                local.get 23
                local.get 2
                i32.add
                br_if 0 (;@6;)
                i32.const 128
                local.set 29
                br 2 (;@4;)
              end
              block ;; label = @6
                local.get 26
                i32.const 1
                i32.add
                i32.const 4
                i32.le_u
                br_if 0 (;@6;)
                i32.const 0
                local.set 29
                br 2 (;@4;)
              end
              local.get 8
              local.get 25
              i32.shr_u
              i32.const 255
              i32.and
              local.set 29
              br 1 (;@4;)
            end
            local.get 19
            local.get 2
            i32.add
            i32.const 2
            i32.add
            i32.load8_u
            local.set 29
          end
          local.get 29
          local.get 28
          i32.or
          i32.const 8
          i32.shl
          local.set 28
          block ;; label = @4
            block ;; label = @5
              local.get 27
              i32.const 3
              i32.add
              local.get 1
              i32.lt_u
              br_if 0 (;@5;)
              block ;; label = @6
                local.get 24
                local.get 2
                i32.add
                br_if 0 (;@6;)
                i32.const 128
                local.set 27
                br 2 (;@4;)
              end
              i32.const 0
              local.get 9
              local.get 26
              i32.const 4
              i32.gt_u
              select
              local.set 27
              br 1 (;@4;)
            end
            local.get 19
            local.get 2
            i32.add
            i32.const 3
            i32.add
            i32.load8_u
            local.set 27
          end
          local.get 0
          local.get 2
          i32.add
          local.get 27
          local.get 28
          i32.or
          i32.store
          local.get 25
          i32.const -32
          i32.add
          local.set 25
          local.get 26
          i32.const -4
          i32.add
          local.set 26
          local.get 2
          i32.const 4
          i32.add
          local.tee 2
          i32.const 64
          i32.ne
          br_if 0 (;@3;)
        end
        i32.const 0
        local.set 27
        loop ;; label = @3
          local.get 0
          local.get 27
          i32.add
          local.tee 2
          i32.const 64
          i32.add
          local.get 2
          i32.const 4
          i32.add
          i32.load
          local.tee 26
          i32.const 25
          i32.rotl
          local.get 26
          i32.const 14
          i32.rotl
          i32.xor
          local.get 26
          i32.const 3
          i32.shr_u
          i32.xor
          local.get 2
          i32.load
          i32.add
          local.get 2
          i32.const 36
          i32.add
          i32.load
          i32.add
          local.get 2
          i32.const 56
          i32.add
          i32.load
          local.tee 2
          i32.const 15
          i32.rotl
          local.get 2
          i32.const 13
          i32.rotl
          i32.xor
          local.get 2
          i32.const 10
          i32.shr_u
          i32.xor
          i32.add
          i32.store
          local.get 27
          i32.const 4
          i32.add
          local.tee 27
          i32.const 192
          i32.ne
          br_if 0 (;@3;)
        end
        i32.const 64
        local.set 2
        i32.const 0
        local.set 25
        i32.const 0
        local.set 28
        loop ;; label = @3
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -64
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.set 27
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -62
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.set 29
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -63
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.set 22
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -61
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          local.tee 23
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -60
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.tee 26
          i32.const 26
          i32.rotl
          local.get 26
          i32.const 21
          i32.rotl
          i32.xor
          local.get 26
          i32.const 7
          i32.rotl
          i32.xor
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -59
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.get 26
          i32.and
          i32.add
          local.get 0
          i32.const 256
          i32.add
          local.get 28
          i32.const -1
          i32.xor
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          local.tee 24
          i32.load
          i32.add
          local.get 0
          i32.const 256
          i32.add
          local.get 2
          i32.const -58
          i32.add
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          i32.load
          local.get 26
          i32.const -1
          i32.xor
          i32.and
          i32.add
          local.get 25
          i32.const 16416
          i32.add
          i32.load
          i32.add
          local.get 0
          local.get 25
          i32.add
          i32.load
          i32.add
          local.tee 26
          local.get 23
          i32.load
          i32.add
          i32.store
          local.get 24
          local.get 27
          local.get 29
          local.get 22
          i32.xor
          i32.and
          local.get 29
          local.get 22
          i32.and
          i32.xor
          local.get 27
          i32.const 30
          i32.rotl
          local.get 27
          i32.const 19
          i32.rotl
          i32.xor
          local.get 27
          i32.const 10
          i32.rotl
          i32.xor
          i32.add
          local.get 26
          i32.add
          i32.store
          local.get 25
          i32.const 4
          i32.add
          local.set 25
          local.get 28
          i32.const 1
          i32.add
          local.set 28
          local.get 2
          i32.const -1
          i32.add
          local.tee 2
          br_if 0 (;@3;)
        end
        local.get 0
        local.get 0
        i32.load offset=256
        local.get 11
        i32.add
        local.tee 11
        i32.store offset=256
        local.get 0
        local.get 0
        i32.load offset=260
        local.get 12
        i32.add
        local.tee 12
        i32.store offset=260
        local.get 0
        local.get 0
        i32.load offset=264
        local.get 13
        i32.add
        local.tee 13
        i32.store offset=264
        local.get 0
        local.get 0
        i32.load offset=268
        local.get 14
        i32.add
        local.tee 14
        i32.store offset=268
        local.get 0
        local.get 0
        i32.load offset=272
        local.get 15
        i32.add
        local.tee 15
        i32.store offset=272
        local.get 0
        local.get 0
        i32.load offset=276
        local.get 16
        i32.add
        local.tee 16
        i32.store offset=276
        local.get 0
        local.get 0
        i32.load offset=280
        local.get 17
        i32.add
        local.tee 17
        i32.store offset=280
        local.get 0
        local.get 0
        i32.load offset=284
        local.get 18
        i32.add
        local.tee 18
        i32.store offset=284
        local.get 20
        i32.const -64
        i32.add
        local.set 20
        local.get 10
        i32.const -512
        i32.add
        local.set 10
        local.get 6
        i32.const -64
        i32.add
        local.set 6
        local.get 19
        i32.const 64
        i32.add
        local.set 19
        local.get 21
        i32.const 64
        i32.add
        local.tee 21
        local.get 3
        i32.lt_u
        br_if 0 (;@2;)
      end
    end
    call 0
    i32.const 5
    i32.shl
    i32.const 294912
    i32.add
    local.set 28
    i32.const 0
    local.set 27
    i32.const 0
    local.set 2
    loop ;; label = @1
      local.get 28
      local.get 2
      i32.add
      local.tee 26
      i32.const 1
      i32.add
      local.get 0
      i32.const 256
      i32.add
      local.get 2
      i32.const -4
      i32.and
      i32.add
      i32.load
      local.tee 25
      local.get 27
      i32.const 16
      i32.and
      local.tee 1
      i32.const 16
      i32.xor
      i32.shr_u
      i32.store8
      local.get 26
      local.get 25
      local.get 1
      i32.const 24
      i32.xor
      i32.shr_u
      i32.store8
      local.get 27
      i32.const 16
      i32.add
      local.set 27
      local.get 2
      i32.const 2
      i32.add
      local.tee 2
      i32.const 32
      i32.ne
      br_if 0 (;@1;)
    end
    local.get 0
    i32.const 288
    i32.add
    global.set 0
  )
  (data (;0;) (i32.const 16384) "g\e6\09j\85\aeg\bbr\f3n<:\f5O\a5\7fR\0eQ\8ch\05\9b\ab\d9\83\1f\19\cd\e0[\98/\8aB\91D7q\cf\fb\c0\b5\a5\db\b5\e9[\c2V9\f1\11\f1Y\a4\82?\92\d5^\1c\ab\98\aa\07\d8\01[\83\12\be\851$\c3}\0cUt]\ber\fe\b1\de\80\a7\06\dc\9bt\f1\9b\c1\c1i\9b\e4\86G\be\ef\c6\9d\c1\0f\cc\a1\0c$o,\e9-\aa\84tJ\dc\a9\b0\5c\da\88\f9vRQ>\98m\c61\a8\c8'\03\b0\c7\7fY\bf\f3\0b\e0\c6G\91\a7\d5Qc\ca\06g))\14\85\0a\b7'8!\1b.\fcm,M\13\0d8STs\0ae\bb\0ajv.\c9\c2\81\85,r\92\a1\e8\bf\a2Kf\1a\a8p\8bK\c2\a3Ql\c7\19\e8\92\d1$\06\99\d6\855\0e\f4p\a0j\10\16\c1\a4\19\08l7\1eLwH'\b5\bc\b04\b3\0c\1c9J\aa\d8NO\ca\9c[\f3o.h\ee\82\8ftoc\a5x\14x\c8\84\08\02\c7\8c\fa\ff\be\90\eblP\a4\f7\a3\f9\be\f2xq\c6")
)
