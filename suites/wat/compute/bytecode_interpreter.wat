;;! description = "runs programs of a small stack bytecode whose dispatch is a br_table in a loop"
;;!
;;! [[check]]
;;! call = "run"
;;! args = "(i32.const 0) (i32.const 10)"
;;! returns = "(i32.const 3628800)"
;;!
;;! [[check]]
;;! call = "run"
;;! args = "(i32.const 0) (i32.const 0)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "run"
;;! args = "(i32.const 64) (i32.const 27)"
;;! returns = "(i32.const 111)"
;;!
;;! [[check]]
;;! call = "run"
;;! args = "(i32.const 128) (i32.const 5)"
;;! traps = "unreachable"

;; One byte per instruction, operands follow. A stack of i32 grows up from
;; 1024, the variables x, y, z, w lie at 512.
;;   0 halt            return the top of the stack
;;   1 push k          2 load v         3 store v
;;   4 add    5 sub    6 mul    7 half (unsigned)    8 odd (is the top odd?)
;;   9 jump a         10 jump if zero a              (a: byte from the start)
;; Any other opcode is the default arm, which traps.
(module
  (memory 1)

  ;; factorial: y = 1; while x { y = y * x; x = x - 1 } ; y
  (data (i32.const 0)
    "\01\01\03\01"              ;;  0: push 1, store y
    "\02\00\0a\18"              ;;  4: load x, jump-if-zero 24
    "\02\01\02\00\06\03\01"     ;;  8: y * x, store y
    "\02\00\01\01\05\03\00"     ;; 15: x - 1, store x
    "\09\04"                    ;; 22: jump 4
    "\02\01\00")                ;; 24: load y, halt

  ;; Collatz: y = 0; while x - 1 { y = y + 1; x = x odd ? 3x + 1 : x / 2 } ; y
  (data (i32.const 64)
    "\01\00\03\01"              ;;  0: push 0, store y
    "\02\00\01\01\05\0a\2b"     ;;  4: x - 1, jump-if-zero 43
    "\02\01\01\01\04\03\01"     ;; 11: y + 1, store y
    "\02\00\08\0a\24"           ;; 18: is x odd?, jump-if-zero 36
    "\02\00\01\03\06\01\01\04"  ;; 23: 3 * x + 1
    "\03\00\09\04"              ;; 31: store x, jump 4
    "\00"                       ;; 35: never reached
    "\02\00\07\03\00\09\04"     ;; 36: half of x, store x, jump 4
    "\02\01\00")                ;; 43: load y, halt

  ;; push 7, then an opcode that does not exist
  (data (i32.const 128) "\01\07\2a")

  (func (export "run") (param $code i32) (param $x i32) (result i32)
    (local $pc i32) (local $sp i32) (local $op i32) (local $arg i32)
    (local.set $pc (local.get $code))
    (local.set $sp (i32.const 1024))
    (i32.store (i32.const 512) (local.get $x))
    (loop $next
      (local.set $op (i32.load8_u (local.get $pc)))
      (local.set $arg (i32.load8_u offset=1 (local.get $pc)))
      (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
      (block $bad
        (block $jump_if_zero
          (block $jump
            (block $odd
              (block $half
                (block $mul
                  (block $sub
                    (block $add
                      (block $store
                        (block $load
                          (block $push
                            (block $halt
                              (br_table $halt $push $load $store $add $sub $mul $half $odd
                                $jump $jump_if_zero $bad (local.get $op)))
                            (return (call $top (local.get $sp))))
                          (i32.store (local.get $sp) (local.get $arg))
                          (local.set $sp (i32.add (local.get $sp) (i32.const 4)))
                          (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
                          (br $next))
                        (i32.store (local.get $sp)
                          (i32.load offset=512 (i32.shl (local.get $arg) (i32.const 2))))
                        (local.set $sp (i32.add (local.get $sp) (i32.const 4)))
                        (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
                        (br $next))
                      (i32.store offset=512 (i32.shl (local.get $arg) (i32.const 2))
                        (call $top (local.get $sp)))
                      (local.set $sp (i32.sub (local.get $sp) (i32.const 4)))
                      (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
                      (br $next))
                    (local.set $sp (i32.sub (local.get $sp) (i32.const 4)))
                    (call $set_top (local.get $sp)
                      (i32.add (call $top (local.get $sp)) (i32.load (local.get $sp))))
                    (br $next))
                  (local.set $sp (i32.sub (local.get $sp) (i32.const 4)))
                  (call $set_top (local.get $sp)
                    (i32.sub (call $top (local.get $sp)) (i32.load (local.get $sp))))
                  (br $next))
                (local.set $sp (i32.sub (local.get $sp) (i32.const 4)))
                (call $set_top (local.get $sp)
                  (i32.mul (call $top (local.get $sp)) (i32.load (local.get $sp))))
                (br $next))
              (call $set_top (local.get $sp) (i32.shr_u (call $top (local.get $sp)) (i32.const 1)))
              (br $next))
            (call $set_top (local.get $sp) (i32.and (call $top (local.get $sp)) (i32.const 1)))
            (br $next))
          (local.set $pc (i32.add (local.get $code) (local.get $arg)))
          (br $next))
        (local.set $sp (i32.sub (local.get $sp) (i32.const 4)))
        (local.set $pc
          (select
            (i32.add (local.get $pc) (i32.const 1))
            (i32.add (local.get $code) (local.get $arg))
            (i32.load (local.get $sp))))
        (br $next)))
    unreachable)

  (func $top (param $sp i32) (result i32)
    (i32.load (i32.sub (local.get $sp) (i32.const 4))))
  (func $set_top (param $sp i32) (param $v i32)
    (i32.store (i32.sub (local.get $sp) (i32.const 4)) (local.get $v)))
)
