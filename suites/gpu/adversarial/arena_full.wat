;;! description = "a memory of 4 GiB: its last bytes, and addresses that are all of 32 bits"
;;!
;;! [[check]]
;;! launch = "store"
;;! threads = [8]
;;! args = "(i32.const -8)"
;;! returns = ""
;;! memory = [{ at = 4_294_967_288, bytes = "00 01 02 03 04 05 06 07" }]
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const -8)"
;;! returns = "(i64.const 0x0706050403020100)"
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const -7)"
;;! traps = "out of bounds memory access"
;;!
;;! # 32 bits in the middle, neither negative nor wrapped.
;;! [[check]]
;;! launch = "store"
;;! threads = [8]
;;! args = "(i32.const 0x7ffffffc)"
;;! returns = ""
;;! memory = [{ at = 2_147_483_644, bytes = "00 01 02 03 04 05 06 07" }]
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const 0x7ffffffe)"
;;! returns = "(i64.const 0x0000070605040302)"
;;!
;;! [[check]]
;;! launch = "offset"
;;! returns = ""
;;! args = "(i32.const 0xf)"
;;! memory = [{ at = 4_294_967_295, bytes = "2a" }]
;;!
;;! [[check]]
;;! launch = "offset"
;;! args = "(i32.const 0x10)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! call = "load"
;;! args = "(i32.const 0)"
;;! returns = "(i64.const 0)"
;;!
;;! [[check]]
;;! call = "size"
;;! returns = "(i32.const 65536)"

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 65536)
  (func (export "store") (param i32)
    (i32.store8 (i32.add (local.get 0) (call $id)) (call $id)))
  (func (export "offset") (param i32)
    (i32.store8 offset=0xfffffff0 (local.get 0) (i32.const 42)))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "size") (result i32) (memory.size)))
