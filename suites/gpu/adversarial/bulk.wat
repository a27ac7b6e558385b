;;! description = "filling, copying and initialising beyond the end: all or nothing, and offsets that leave 32 bits"
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 65530) (i32.const 6)"
;;! returns = ""
;;! memory = [{ at = 65_528, bytes = "00 00 09 09 09 09 09 09" }]
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 65524) (i32.const 13)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;! memory = [{ at = 65_520, i64 = [0] }]
;;!
;;! # Nothing to fill is no reason to be beyond the end.
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 65536) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 65537) (i32.const 0)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! launch = "fill"
;;! args = "(i32.const 16) (i32.const 65521)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 16, i64 = [0] }]
;;!
;;! [[check]]
;;! launch = "copy"
;;! args = "(i32.const 0) (i32.const 65530) (i32.const 6)"
;;! returns = ""
;;! memory = [{ at = 0, bytes = "09 09 09 09 09 09 00 00" }]
;;!
;;! [[check]]
;;! launch = "copy"
;;! args = "(i32.const 8) (i32.const 65530) (i32.const 7)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 8, i64 = [0] }]
;;!
;;! [[check]]
;;! launch = "copy"
;;! args = "(i32.const -4) (i32.const 0) (i32.const 8)"
;;! traps = "out of bounds memory access"
;;!
;;! # Copies that overlap, both ways.
;;! [[check]]
;;! launch = "copy"
;;! args = "(i32.const 101) (i32.const 100) (i32.const 7)"
;;! returns = ""
;;! write = [{ at = 100, bytes = "01 02 03 04 05 06 07 08" }]
;;! memory = [{ at = 100, bytes = "01 01 02 03 04 05 06 07" }]
;;!
;;! [[check]]
;;! launch = "copy"
;;! args = "(i32.const 100) (i32.const 101) (i32.const 7)"
;;! returns = ""
;;! write = [{ at = 100, bytes = "01 02 03 04 05 06 07 08" }]
;;! memory = [{ at = 100, bytes = "02 03 04 05 06 07 08 08" }]
;;!
;;! [[check]]
;;! launch = "init"
;;! args = "(i32.const 65532) (i32.const 1) (i32.const 4)"
;;! returns = ""
;;! memory = [{ at = 65_532, text = "bcde" }]
;;!
;;! [[check]]
;;! launch = "init"
;;! args = "(i32.const 200) (i32.const 1) (i32.const 5)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 200, i32 = [0] }]
;;!
;;! [[check]]
;;! launch = "init"
;;! args = "(i32.const 65533) (i32.const 0) (i32.const 4)"
;;! traps = "out of bounds memory access"
;;!
;;! # The offset of the instruction and the address are more than 32 bits together.
;;! [[check]]
;;! launch = "far"
;;! args = "(i32.const 1)"
;;! traps = "out of bounds memory access"
;;! thread = 0
;;!
;;! [[check]]
;;! launch = "far"
;;! args = "(i32.const -1)"
;;! traps = "out of bounds memory access"
;;! thread = 0

(module
  (memory (export "memory") 1)
  (data $text "abcde")
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 9) (local.get 1)))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $text (local.get 0) (local.get 1) (local.get 2)))
  (func (export "far") (param i32)
    (i32.store8 offset=0xffffffff (local.get 0) (i32.const 1))))
