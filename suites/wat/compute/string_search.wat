;;! description = "finds every occurrence of a needle with Knuth-Morris-Pratt, overlapping ones included"
;;!
;;! [[check]]
;;! call = "search"
;;! args = "(i32.const 0) (i32.const 22) (i32.const 64) (i32.const 7)"
;;! returns = "(i32.const 3)"
;;! memory = [{ at = 128, i32 = [0, 0, 1, 2, 3, 4, 5] }, { at = 256, i32 = [0, 2, 15, 0] }]
;;!
;;! [[check]]
;;! call = "search"
;;! args = "(i32.const 0) (i32.const 9) (i32.const 64) (i32.const 1)"
;;! returns = "(i32.const 5)"
;;! memory = [{ at = 256, i32 = [0, 2, 4, 6, 8] }]
;;!
;;! [[check]]
;;! call = "search"
;;! args = "(i32.const 0) (i32.const 22) (i32.const 80) (i32.const 4)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "search"
;;! args = "(i32.const 64) (i32.const 3) (i32.const 0) (i32.const 22)"
;;! returns = "(i32.const 0)"

;; The failure table tells, for each prefix of the needle, the length of the
;; longest proper border, so the text is never read twice. "abababa" occurs at
;; 0 and 2 (overlapping) and at the very end of the text.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "ababababa_aba_babababa")
  (data (i32.const 64) "abababa")
  (data (i32.const 80) "abac")

  (func $word (param $base i32) (param $i i32) (result i32)
    (i32.add (local.get $base) (i32.shl (local.get $i) (i32.const 2))))

  ;; the length matched after reading $c with $k characters matched
  (func $step (param $needle i32) (param $k i32) (param $c i32) (result i32)
    (block $stop
      (loop $fall
        (br_if $stop
          (i32.eq (local.get $c) (i32.load8_u (i32.add (local.get $needle) (local.get $k)))))
        (if (i32.eqz (local.get $k)) (then (return (i32.const 0))))
        (local.set $k (i32.load (call $word (i32.const 128) (i32.sub (local.get $k) (i32.const 1)))))
        (br $fall)))
    (i32.add (local.get $k) (i32.const 1)))

  ;; returns the number of matches, whose positions are stored from 256 on
  (func (export "search")
    (param $text i32) (param $n i32) (param $needle i32) (param $m i32) (result i32)
    (local $i i32) (local $k i32) (local $found i32)
    (i32.store (i32.const 128) (i32.const 0))
    (local.set $i (i32.const 1))
    (block $built
      (loop $build
        (br_if $built (i32.ge_u (local.get $i) (local.get $m)))
        (local.set $k
          (call $step (local.get $needle) (local.get $k)
            (i32.load8_u (i32.add (local.get $needle) (local.get $i)))))
        (i32.store (call $word (i32.const 128) (local.get $i)) (local.get $k))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $build)))
    (local.set $i (i32.const 0))
    (local.set $k (i32.const 0))
    (loop $scan
      (local.set $k
        (call $step (local.get $needle) (local.get $k)
          (i32.load8_u (i32.add (local.get $text) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.eq (local.get $k) (local.get $m))
        (then
          (i32.store (call $word (i32.const 256) (local.get $found))
            (i32.sub (local.get $i) (local.get $m)))
          (local.set $found (i32.add (local.get $found) (i32.const 1)))
          (local.set $k (i32.load (call $word (i32.const 128) (i32.sub (local.get $m) (i32.const 1)))))))
      (br_if $scan (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $found))
)
