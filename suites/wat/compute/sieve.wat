;;! description = "sieves the primes below a bound into one byte each and counts them"
;;!
;;! [[check]]
;;! call = "sieve"
;;! args = "(i32.const 65536)"
;;! returns = "(i32.const 6542) (i32.const 65521)"
;;! memory = [
;;!   { at = 0, bytes = "00 00 01 01 00 01 00 01 00 00 00 01 00 01 00 00" },
;;!   { at = 65518, bytes = "00 01 00 01" },
;;! ]
;;!
;;! [[check]]
;;! call = "sieve"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 1) (i32.const 2)"
;;!
;;! [[check]]
;;! call = "sieve"
;;! args = "(i32.const 65537)"
;;! traps = "out of bounds memory access"

;; Returns the number of primes and the largest. The largest bound uses the
;; page to its last byte; one more does not fit it.
(module
  (memory (export "memory") 1 1)
  (func (export "sieve") (param $n i32) (result i32 i32)
    (local $p i32) (local $m i32) (local $count i32) (local $last i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get $n))
    (i32.store16 (i32.const 0) (i32.const 0))
    (local.set $p (i32.const 2))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $p) (local.get $n)))
        (if (i32.load8_u (local.get $p))
          (then
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $last (local.get $p))
            ;; p * p would wrap for p = 65537 or more, which cannot be reached
            (local.set $m (i32.mul (local.get $p) (local.get $p)))
            (block $past
              (loop $strike
                (br_if $past (i32.ge_u (local.get $m) (local.get $n)))
                (i32.store8 (local.get $m) (i32.const 0))
                (local.set $m (i32.add (local.get $m) (local.get $p)))
                (br $strike)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $count) (local.get $last))
)
