;;! description = "keeps three memories apart and copies between them"
;;! proposals = ["multi-memory"]
;;!
;;! [[check]]
;;! call = "sizes"
;;! returns = "(i32.const 1) (i32.const 2) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "write"
;;! returns = ""
;;! memory = [{ name = "a", at = 0, bytes = "01 65" }, { name = "b", at = 0, bytes = "02 00" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 10) (i32.const 0) (i32.const 5)"
;;! returns = ""
;;! memory = [{ name = "b", at = 10, bytes = "01 65 6c 6c 6f" }, { name = "a", at = 10, bytes = "00 00 00 00 00" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 131070) (i32.const 0) (i32.const 3)"
;;! traps = "out of bounds memory access"
;;! memory = [{ name = "b", at = 131070, bytes = "00 00" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 65534) (i32.const 3)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 65536)"
;;! traps = "out of bounds memory access"
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "grow"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "sizes"
;;! returns = "(i32.const 1) (i32.const 2) (i32.const 1)"
;;!
;;! [[check]]
;;! call = "store_c"
;;! args = "(i32.const 65532)"
;;! returns = ""
;;! memory = [{ name = "c", at = 65532, i32 = [-1] }]
;;!
;;! [[check]]
;;! call = "store_c"
;;! args = "(i32.const 65533)"
;;! traps = "out of bounds memory access"

;; Different sizes: what is in bounds of one is not in bounds of the other. The
;; third one starts empty, and growing it leaves the others alone.
(module
  (memory $a (export "a") 1)
  (memory $b (export "b") 2)
  (memory $c (export "c") 0 1)
  (data (memory $a) (i32.const 0) "hello")
  (func (export "sizes") (result i32 i32 i32)
    (memory.size $a) (memory.size $b) (memory.size $c))
  (func (export "write")
    (i32.store8 $a (i32.const 0) (i32.const 1))
    (i32.store8 $b (i32.const 0) (i32.const 2)))
  ;; from the first memory to the second
  (func (export "copy") (param $to i32) (param $from i32) (param $n i32)
    (memory.copy $b $a (local.get $to) (local.get $from) (local.get $n)))
  (func (export "sum") (param i32) (result i32)
    (i32.add (i32.load8_u $b (local.get 0)) (i32.load8_u $a (local.get 0))))
  (func (export "grow") (result i32) (memory.grow $c (i32.const 1)))
  (func (export "store_c") (param i32) (i32.store $c (local.get 0) (i32.const -1)))
)
