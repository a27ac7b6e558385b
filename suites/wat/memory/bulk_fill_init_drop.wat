;;! description = "fills ranges, initializes from a passive segment in pieces, and drops it"
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 3) (i32.const 0x1ab) (i32.const 5)"
;;! returns = ""
;;! memory = [{ at = 0, bytes = "00 00 00 ab ab ab ab ab 00" }]
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 65535) (i32.const 1) (i32.const 1)"
;;! returns = ""
;;! memory = [{ at = 65534, bytes = "00 01" }]
;;!
;;! [[check]]
;;! call = "fill"
;;! args = "(i32.const 65536) (i32.const 1) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 16) (i32.const 6) (i32.const 5)"
;;! returns = ""
;;! memory = [{ at = 16, text = "world" }, { at = 21, bytes = "00" }]
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 32) (i32.const 11) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 32) (i32.const 7) (i32.const 5)"
;;! traps = "out of bounds memory access"
;;! memory = [{ at = 32, bytes = "00 00 00 00 00" }]
;;!
;;! [[check]]
;;! call = "drop"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 16) (i32.const 0) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init"
;;! args = "(i32.const 48) (i32.const 0) (i32.const 1)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "drop"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init_active"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "init_active"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 1)"
;;! traps = "out of bounds memory access"

;; Only the lower byte of the fill value counts. A dropped segment has the
;; length zero, so that an empty init still works; dropping it again is no
;; error; and an active segment has been dropped at instantiation.
(module
  (memory (export "memory") 1)
  (data $hello "hello world")
  (data $active (i32.const 1024) "x")
  (func (export "fill") (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (memory.init $hello (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init_active") (param i32 i32 i32)
    (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (data.drop $hello))
)
