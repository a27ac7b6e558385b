;;! description = "validates UTF-8 and reports the first bad byte: overlong, surrogate, too large, truncated, stray"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 0) (i32.const 35)"
;;! returns = "(i32.const 13)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 35) (i32.const 4)"
;;! returns = "(i32.const -3)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 39) (i32.const 3)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 42) (i32.const 5)"
;;! returns = "(i32.const -2)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 47) (i32.const 3)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 50) (i32.const 7)"
;;! returns = "(i32.const -4)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 57) (i32.const 2)"
;;! returns = "(i32.const -2)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 59) (i32.const 5)"
;;! returns = "(i32.const -3)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 65) (i32.const 3)"
;;! returns = "(i32.const -1)"
;;!
;;! [[check]]
;;! call = "validate"
;;! args = "(i32.const 68) (i32.const 0)"
;;! returns = "(i32.const 0)"

;; Returns the number of code points, or -1 - (offset of the sequence that is
;; wrong). The bounds of the second byte depend on the first; the others are
;; always 80..bf.
(module
  (memory 1)
  ;; one to four bytes, and both ends of each length
  (data (i32.const 0) "a\c3\a9\e2\82\ac\f0\90\8d\88z\c2\80\df\bf\e0\a0\80\ed\9f\bf\ee\80\80\ef\bf\bf\f0\90\80\80\f4\8f\bf\bf")
  ;; overlong slash in two bytes
  (data (i32.const 35) "ok\c0\af")
  ;; overlong in three
  (data (i32.const 39) "\e0\9f\bf")
  ;; overlong in four
  (data (i32.const 42) "x\f0\8f\bf\bf")
  ;; surrogate d800
  (data (i32.const 47) "\ed\a0\80")
  ;; beyond 10ffff
  (data (i32.const 50) "abc\f4\90\80\80")
  ;; stray continuation byte
  (data (i32.const 57) "a\80")
  ;; truncated: the fourth byte lies past the end
  (data (i32.const 59) "ab\f0\9f\98")
  (data (i32.const 64) "\80")
  ;; second byte fine, third is ASCII
  (data (i32.const 65) "\e2\82A")

  (func (export "validate") (param $p i32) (param $n i32) (result i32)
    (local $start i32) (local $end i32) (local $c i32) (local $more i32)
    (local $lo i32) (local $hi i32) (local $count i32) (local $at i32)
    (local.set $start (local.get $p))
    (local.set $end (i32.add (local.get $p) (local.get $n)))
    (block $bad
      (loop $next
        (if (i32.ge_u (local.get $p) (local.get $end)) (then (return (local.get $count))))
        (local.set $at (local.get $p))
        (local.set $c (i32.load8_u (local.get $p)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $c) (i32.const 0x80)))
        ;; c0 and c1 could only begin overlong sequences, f5..ff nothing at all
        (br_if $bad (i32.lt_u (local.get $c) (i32.const 0xc2)))
        (br_if $bad (i32.gt_u (local.get $c) (i32.const 0xf4)))
        (local.set $more
          (i32.add (i32.const 1)
            (i32.add
              (i32.ge_u (local.get $c) (i32.const 0xe0))
              (i32.ge_u (local.get $c) (i32.const 0xf0)))))
        (local.set $lo (i32.const 0x80))
        (local.set $hi (i32.const 0xbf))
        (if (i32.eq (local.get $c) (i32.const 0xe0)) (then (local.set $lo (i32.const 0xa0))))
        (if (i32.eq (local.get $c) (i32.const 0xed)) (then (local.set $hi (i32.const 0x9f))))
        (if (i32.eq (local.get $c) (i32.const 0xf0)) (then (local.set $lo (i32.const 0x90))))
        (if (i32.eq (local.get $c) (i32.const 0xf4)) (then (local.set $hi (i32.const 0x8f))))
        (loop $tail
          (br_if $bad (i32.ge_u (local.get $p) (local.get $end)))
          (local.set $c (i32.load8_u (local.get $p)))
          (br_if $bad (i32.lt_u (local.get $c) (local.get $lo)))
          (br_if $bad (i32.gt_u (local.get $c) (local.get $hi)))
          (local.set $lo (i32.const 0x80))
          (local.set $hi (i32.const 0xbf))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $tail (local.tee $more (i32.sub (local.get $more) (i32.const 1)))))
        (br $next)))
    (i32.sub (i32.const -1) (i32.sub (local.get $at) (local.get $start))))
)
