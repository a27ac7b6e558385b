;;! description = "exhausts a small stack at a depth that the default one takes easily"
;;! [limits]
;;! stack-bytes = 65536
;;!
;;! [[check]]
;;! call = "depth"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 100)"
;;!
;;! [[check]]
;;! call = "depth"
;;! args = "(i32.const 20000)"
;;! traps = "call stack exhausted"
;;!
;;! [[check]]
;;! call = "depth"
;;! args = "(i32.const 100)"
;;! returns = "(i32.const 100)"

;; 64 KiB: 20000 frames of at least 16 bytes each (a return address and a frame
;; pointer) cannot fit. traps/stack_exhausted has the default stack.
(module
  (func $depth (export "depth") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (call $depth (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
      (else (i32.const 0))))
)
