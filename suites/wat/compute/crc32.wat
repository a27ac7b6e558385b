;;! description = "computes CRC-32 with a table that the start function builds, whole and in pieces"
;;!
;;! [[check]]
;;! call = "crc32"
;;! args = "(i32.const 0) (i32.const 2048) (i32.const 9)"
;;! returns = "(i32.const 0xcbf43926)"
;;! memory = [{ at = 0, i32 = [0, 0x77073096, -301047508] }, { at = 1020, i32 = [0x2d02ef8d] }]
;;!
;;! [[check]]
;;! call = "crc32"
;;! args = "(i32.const 0) (i32.const 2048) (i32.const 0)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "crc32"
;;! args = "(i32.const 0) (i32.const 2048) (i32.const 4)"
;;! returns = "(i32.const 0x9be3e0a3)"
;;!
;;! [[check]]
;;! call = "crc32"
;;! args = "(i32.const 0x9be3e0a3) (i32.const 2052) (i32.const 5)"
;;! returns = "(i32.const 0xcbf43926)"
;;!
;;! [[check]]
;;! call = "crc32"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 1024)"
;;! returns = "(i32.const 0x6fcf9e13)"

;; The reflected polynomial 0xedb88320. The message is "123456789", whose
;; check value every CRC catalogue lists; a CRC may also be continued from an
;; earlier one, and the last check takes the CRC of the table itself.
(module
  (memory (export "memory") 1)
  (data (i32.const 2048) "123456789")

  (func $build
    (local $i i32) (local $c i32) (local $bit i32)
    (loop $entry
      (local.set $c (local.get $i))
      (local.set $bit (i32.const 8))
      (loop $bits
        ;; c = (c >> 1) ^ (polynomial if the bit shifted out was set)
        (local.set $c
          (i32.xor
            (i32.shr_u (local.get $c) (i32.const 1))
            (i32.and
              (i32.sub (i32.const 0) (i32.and (local.get $c) (i32.const 1)))
              (i32.const 0xedb88320))))
        (br_if $bits (local.tee $bit (i32.sub (local.get $bit) (i32.const 1)))))
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (local.get $c))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $entry (i32.lt_u (local.get $i) (i32.const 256)))))
  (start $build)

  (func (export "crc32") (param $crc i32) (param $p i32) (param $n i32) (result i32)
    (local.set $crc (i32.xor (local.get $crc) (i32.const -1)))
    (block $done
      (loop $bytes
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $crc
          (i32.xor
            (i32.shr_u (local.get $crc) (i32.const 8))
            (i32.load
              (i32.shl
                (i32.and
                  (i32.xor (local.get $crc) (i32.load8_u (local.get $p)))
                  (i32.const 0xff))
                (i32.const 2)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $bytes)))
    (i32.xor (local.get $crc) (i32.const -1)))
)
