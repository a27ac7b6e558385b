;;! description = "encodes bytes as base64 with each kind of padding, and decodes them again"
;;!
;;! [[check]]
;;! call = "encode"
;;! args = "(i32.const 64) (i32.const 6) (i32.const 1024)"
;;! returns = "(i32.const 8)"
;;! memory = [{ at = 1024, text = "Zm9vYmFy" }]
;;!
;;! [[check]]
;;! call = "encode"
;;! args = "(i32.const 64) (i32.const 5) (i32.const 1024)"
;;! returns = "(i32.const 8)"
;;! memory = [{ at = 1024, text = "Zm9vYmE=" }]
;;!
;;! [[check]]
;;! call = "encode"
;;! args = "(i32.const 64) (i32.const 4) (i32.const 1024)"
;;! returns = "(i32.const 8)"
;;! memory = [{ at = 1024, text = "Zm9vYg==" }]
;;!
;;! [[check]]
;;! call = "encode"
;;! args = "(i32.const 70) (i32.const 5) (i32.const 1024)"
;;! returns = "(i32.const 8)"
;;! memory = [{ at = 1024, text = "+/8A/oA=" }]
;;!
;;! [[check]]
;;! call = "decode"
;;! args = "(i32.const 1024) (i32.const 8) (i32.const 2048)"
;;! returns = "(i32.const 5)"
;;! memory = [{ at = 2048, bytes = "fb ff 00 fe 80 00" }]
;;!
;;! [[check]]
;;! call = "encode"
;;! args = "(i32.const 64) (i32.const 0) (i32.const 1024)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "decode"
;;! args = "(i32.const 76) (i32.const 4) (i32.const 2048)"
;;! returns = "(i32.const -1)"

;; Three bytes become four characters. The inverse alphabet is built at
;; instantiation and holds 0xff for characters outside of it.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  (data (i32.const 64) "foobar")
  (data (i32.const 70) "\fb\ff\00\fe\80")
  (data (i32.const 76) "Zm9-")

  (func $invert
    (local $i i32)
    (memory.fill (i32.const 256) (i32.const 0xff) (i32.const 256))
    (loop $next
      (i32.store8 offset=256 (i32.load8_u (local.get $i)) (local.get $i))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 64)))))
  (start $invert)

  ;; byte $i of the input, zero past its end
  (func $byte (param $p i32) (param $n i32) (param $i i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $i) (local.get $n))
      (then (i32.load8_u (i32.add (local.get $p) (local.get $i))))
      (else (i32.const 0))))

  (func (export "encode") (param $p i32) (param $n i32) (param $out i32) (result i32)
    (local $i i32) (local $bits i32) (local $o i32) (local $k i32)
    (local.set $o (local.get $out))
    (block $done
      (loop $group
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $bits
          (i32.or
            (i32.shl (call $byte (local.get $p) (local.get $n) (local.get $i)) (i32.const 16))
            (i32.or
              (i32.shl (call $byte (local.get $p) (local.get $n) (i32.add (local.get $i) (i32.const 1))) (i32.const 8))
              (call $byte (local.get $p) (local.get $n) (i32.add (local.get $i) (i32.const 2))))))
        (local.set $k (i32.const 0))
        (loop $char
          ;; character k stands for byte k - 1 at the earliest
          (i32.store8 (local.get $o)
            (if (result i32)
              (i32.gt_u (i32.add (local.get $i) (local.get $k)) (local.get $n))
              (then (i32.const 0x3d))
              (else
                (i32.load8_u
                  (i32.and
                    (i32.shr_u (local.get $bits)
                      (i32.sub (i32.const 18) (i32.mul (local.get $k) (i32.const 6))))
                    (i32.const 63))))))
          (local.set $o (i32.add (local.get $o) (i32.const 1)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $char (i32.lt_u (local.get $k) (i32.const 4))))
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br $group)))
    (i32.sub (local.get $o) (local.get $out)))

  ;; returns the number of bytes, or -1 at a character outside the alphabet
  (func (export "decode") (param $p i32) (param $n i32) (param $out i32) (result i32)
    (local $acc i32) (local $have i32) (local $o i32) (local $c i32)
    (local.set $o (local.get $out))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $c (i32.load8_u (local.get $p)))
        (br_if $done (i32.eq (local.get $c) (i32.const 0x3d)))
        (local.set $c (i32.load8_u offset=256 (local.get $c)))
        (if (i32.eq (local.get $c) (i32.const 0xff)) (then (return (i32.const -1))))
        (local.set $acc (i32.or (i32.shl (local.get $acc) (i32.const 6)) (local.get $c)))
        (local.set $have (i32.add (local.get $have) (i32.const 6)))
        (if (i32.ge_u (local.get $have) (i32.const 8))
          (then
            (local.set $have (i32.sub (local.get $have) (i32.const 8)))
            (i32.store8 (local.get $o) (i32.shr_u (local.get $acc) (local.get $have)))
            (local.set $o (i32.add (local.get $o) (i32.const 1)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $o) (local.get $out)))
)
