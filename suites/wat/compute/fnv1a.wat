;;! description = "hashes bytes with 64-bit FNV-1a, where each multiplication wraps"
;;!
;;! [[check]]
;;! call = "fnv1a"
;;! args = "(i32.const 0) (i32.const 0)"
;;! returns = "(i64.const 0xcbf29ce484222325)"
;;!
;;! [[check]]
;;! call = "fnv1a"
;;! args = "(i32.const 3) (i32.const 1)"
;;! returns = "(i64.const 0xaf63df4c8601f1a5)"
;;!
;;! [[check]]
;;! call = "fnv1a"
;;! args = "(i32.const 0) (i32.const 6)"
;;! returns = "(i64.const 0x85944171f73967e8)"
;;!
;;! [[check]]
;;! call = "fnv1a"
;;! args = "(i32.const 6) (i32.const 4)"
;;! returns = "(i64.const 0x4d25767f9dce13f5)"
;;!
;;! [[check]]
;;! call = "fnv1a"
;;! args = "(i32.const 256) (i32.const 256)"
;;! returns = "(i64.const 0x4242dc5249c33625)"

;; hash = (hash xor byte) * prime, modulo 2^64. Zero bytes still change the
;; hash (each multiplies once more), and bytes from 0x80 up must be
;; zero-extended: a sign-extending load would set the upper 56 bits.
(module
  (memory 1)
  (data (i32.const 0) "foobar")

  ;; every byte value once, at 256
  (func $init
    (local $i i32)
    (loop $each
      (i32.store8 offset=256 (local.get $i) (local.get $i))
      (br_if $each
        (i32.ne (i32.const 256) (local.tee $i (i32.add (local.get $i) (i32.const 1)))))))
  (start $init)

  (func (export "fnv1a") (param $p i32) (param $n i32) (result i64)
    (local $hash i64) (local $end i32)
    (local.set $hash (i64.const 0xcbf29ce484222325))
    (local.set $end (i32.add (local.get $p) (local.get $n)))
    (loop $next
      (if (i32.lt_u (local.get $p) (local.get $end))
        (then
          (local.set $hash
            (i64.mul
              (i64.xor (local.get $hash) (i64.load8_u (local.get $p)))
              (i64.const 0x100000001b3)))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br $next))))
    (local.get $hash))
)
