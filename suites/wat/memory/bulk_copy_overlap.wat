;;! description = "copies overlapping ranges in both directions as if through a buffer"
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 2) (i32.const 0) (i32.const 8)"
;;! returns = ""
;;! memory = [{ at = 0, text = "ababcdefghklmnop" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 0) (i32.const 2) (i32.const 8)"
;;! returns = ""
;;! memory = [{ at = 0, text = "cdefghijijklmnop" }]
;;!
;;! [[check]]
;;! call = "reset"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 1) (i32.const 0) (i32.const 15)"
;;! returns = ""
;;! memory = [{ at = 0, text = "aabcdefghijklmno" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 5) (i32.const 5) (i32.const 4)"
;;! returns = ""
;;! memory = [{ at = 0, text = "aabcdefghijklmno" }]
;;!
;;! [[check]]
;;! call = "copy"
;;! args = "(i32.const 65536) (i32.const 65536) (i32.const 0)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "copy_long"
;;! args = "(i32.const 4096) (i32.const 4099) (i32.const 20000)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "copy_long"
;;! args = "(i32.const 4099) (i32.const 4096) (i32.const 20000)"
;;! returns = "(i32.const 0)"

;; A range that moves up by a little must be copied from its end (or via a
;; buffer). A zero length is fine right at the end of the memory. The long
;; copies check each byte against the pattern i * 7 that was there before.
(module
  (memory (export "memory") 1)
  (data $alphabet "abcdefghijklmnop")

  (func (export "reset")
    (memory.init $alphabet (i32.const 0) (i32.const 0) (i32.const 16)))
  (func $copy (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))

  ;; returns the number of wrong bytes
  (func (export "copy_long") (param $to i32) (param $from i32) (param $n i32) (result i32)
    (local $i i32) (local $bad i32)
    (loop $fill
      (i32.store8 (i32.add (local.get $from) (local.get $i)) (i32.mul (local.get $i) (i32.const 7)))
      (br_if $fill
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (call $copy (local.get $to) (local.get $from) (local.get $n))
    (local.set $i (i32.const 0))
    (loop $verify
      (local.set $bad
        (i32.add (local.get $bad)
          (i32.ne
            (i32.load8_u (i32.add (local.get $to) (local.get $i)))
            (i32.and (i32.const 255) (i32.mul (local.get $i) (i32.const 7))))))
      (br_if $verify
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $bad))
)
