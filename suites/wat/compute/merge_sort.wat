;;! description = "sorts records bottom-up by key with a merge sort that keeps equal keys in their order"
;;!
;;! [[check]]
;;! call = "sort"
;;! args = "(i32.const 11)"
;;! returns = "(i32.const 4)"
;;! memory = [{ at = 0, text = "0f1c1g1k2b2h2j3a3e7i9d" }]
;;!
;;! [[check]]
;;! call = "sort"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 0)"
;;! memory = [{ at = 0, text = "0f1c" }]

;; A record is two characters: a digit, the key, and a letter that tells where
;; it stood. Stability shows in the letters: within one digit they must ascend.
;; The number of records, 11, is no power of two, so the last run of each pass
;; is short or missing. Returns how many passes were needed.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "3a2b1c9d3e0f1g2h7i2j1k")
  (global $scratch i32 (i32.const 256))

  (func $min (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_u (local.get $a) (local.get $b))))

  ;; merges [$a, $mid) and [$mid, $end) of $from into the same place of $to
  ;; (all are record numbers)
  (func $merge (param $from i32) (param $to i32) (param $a i32) (param $mid i32) (param $end i32)
    (local $b i32) (local $o i32)
    (local.set $b (local.get $mid))
    (local.set $o (local.get $a))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $o) (local.get $end)))
        (i32.store16
          (i32.add (local.get $to) (i32.shl (local.get $o) (i32.const 1)))
          (block $take (result i32)
            ;; from the left run while it has records, and its key is no larger
            (if (i32.lt_u (local.get $a) (local.get $mid))
              (then
                (if (select
                      (i32.le_u
                        (i32.load8_u (i32.add (local.get $from) (i32.shl (local.get $a) (i32.const 1))))
                        (i32.load8_u (i32.add (local.get $from) (i32.shl (local.get $b) (i32.const 1)))))
                      (i32.const 1)
                      (i32.lt_u (local.get $b) (local.get $end)))
                  (then
                    (i32.load16_u (i32.add (local.get $from) (i32.shl (local.get $a) (i32.const 1))))
                    (local.set $a (i32.add (local.get $a) (i32.const 1)))
                    (br $take)))))
            (i32.load16_u (i32.add (local.get $from) (i32.shl (local.get $b) (i32.const 1))))
            (local.set $b (i32.add (local.get $b) (i32.const 1)))))
        (local.set $o (i32.add (local.get $o) (i32.const 1)))
        (br $next))))

  (func (export "sort") (param $n i32) (result i32)
    (local $from i32) (local $to i32) (local $t i32)
    (local $width i32) (local $a i32) (local $passes i32)
    (local.set $to (global.get $scratch))
    (local.set $width (i32.const 1))
    (block $sorted
      (loop $pass
        (br_if $sorted (i32.ge_u (local.get $width) (local.get $n)))
        (local.set $a (i32.const 0))
        (loop $runs
          (call $merge (local.get $from) (local.get $to)
            (local.get $a)
            (call $min (i32.add (local.get $a) (local.get $width)) (local.get $n))
            (call $min (i32.add (local.get $a) (i32.shl (local.get $width) (i32.const 1))) (local.get $n)))
          (local.set $a (i32.add (local.get $a) (i32.shl (local.get $width) (i32.const 1))))
          (br_if $runs (i32.lt_u (local.get $a) (local.get $n))))
        (local.set $t (local.get $from))
        (local.set $from (local.get $to))
        (local.set $to (local.get $t))
        (local.set $width (i32.shl (local.get $width) (i32.const 1)))
        (local.set $passes (i32.add (local.get $passes) (i32.const 1)))
        (br $pass)))
    ;; an odd number of passes leaves the result in the scratch buffer
    (if (local.get $from)
      (then (memory.copy (i32.const 0) (local.get $from) (i32.shl (local.get $n) (i32.const 1)))))
    (local.get $passes))
)
