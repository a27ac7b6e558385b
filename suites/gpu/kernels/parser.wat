;;! description = "sums with products and brackets, one line for each thread, by functions that call each other"
;;!
;;! # Lines of 16 bytes; what is wrong gives -1.
;;! [[check]]
;;! launch = "evaluate"
;;! blocks = [2]
;;! threads = [5]
;;! args = "(i32.const 9)"
;;! returns = ""
;;! write = [
;;!   { at = 0x00, text = "1+2*3           " },
;;!   { at = 0x10, text = "(1+2)*3         " },
;;!   { at = 0x20, text = "((((((7))))))   " },
;;!   { at = 0x30, text = "2*(3+4)*(5+6)   " },
;;!   { at = 0x40, text = "100200300       " },
;;!   { at = 0x50, text = "1+              " },
;;!   { at = 0x60, text = "(1+2            " },
;;!   { at = 0x70, text = "1+2)            " },
;;!   { at = 0x80, text = "12*(9*(1+1)+2)  " },
;;! ]
;;! memory = [
;;!   { at = 0x1000, i32 = [7, 9, 7, 154, 100200300, -1, -1, -1, 240, 0] },
;;! ]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1)
  ;; Where the thread reads, and whether something was wrong.
  (global $at (mut i32) (i32.const 0))
  (global $wrong (mut i32) (i32.const 0))

  (func $peek (result i32) (i32.load8_u (global.get $at)))
  (func $advance (global.set $at (i32.add (global.get $at) (i32.const 1))))

  ;; Takes this character if it is next.
  (func $take (param $character i32) (result i32)
    (if (i32.ne (call $peek) (local.get $character)) (then (return (i32.const 0))))
    (call $advance)
    (i32.const 1))

  (func $sum (result i32) (local $value i32)
    (local.set $value (call $product))
    (loop $more
      (if (call $take (i32.const 0x2b))
        (then
          (local.set $value (i32.add (local.get $value) (call $product)))
          (br $more))))
    (local.get $value))

  (func $product (result i32) (local $value i32)
    (local.set $value (call $atom))
    (loop $more
      (if (call $take (i32.const 0x2a))
        (then
          (local.set $value (i32.mul (local.get $value) (call $atom)))
          (br $more))))
    (local.get $value))

  (func $atom (result i32) (local $value i32) (local $digits i32)
    (if (call $take (i32.const 0x28))
      (then
        (local.set $value (call $sum))
        (if (i32.eqz (call $take (i32.const 0x29)))
          (then (global.set $wrong (i32.const 1))))
        (return (local.get $value))))
    (block $done
      (loop $next
        (br_if $done
          (i32.ge_u (i32.sub (call $peek) (i32.const 0x30)) (i32.const 10)))
        (local.set $value
          (i32.add
            (i32.mul (local.get $value) (i32.const 10))
            (i32.sub (call $peek) (i32.const 0x30))))
        (local.set $digits (i32.add (local.get $digits) (i32.const 1)))
        (call $advance)
        (br $next)))
    (if (i32.eqz (local.get $digits)) (then (global.set $wrong (i32.const 1))))
    (local.get $value))

  (func (export "evaluate") (param $n i32) (local $value i32)
    (if (i32.ge_u (call $id) (local.get $n)) (then (return)))
    (global.set $at (i32.shl (call $id) (i32.const 4)))
    (local.set $value (call $sum))
    (i32.store offset=0x1000 (i32.shl (call $id) (i32.const 2))
      (select
        (i32.const -1)
        (local.get $value)
        (i32.or (global.get $wrong) (i32.ne (call $peek) (i32.const 0x20)))))))
