;;! description = "allocates, frees and reuses blocks from a free list that lives in the memory itself"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 8)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 24)"
;;! returns = "(i32.const 32)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 64)"
;;!
;;! [[check]]
;;! call = "free"
;;! args = "(i32.const 32)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 25)"
;;! returns = "(i32.const 80)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 16)"
;;! returns = "(i32.const 32)"
;;!
;;! [[check]]
;;! call = "free"
;;! args = "(i32.const 8)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "free"
;;! args = "(i32.const 64)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "free"
;;! args = "(i32.const 32)"
;;! returns = ""
;;! memory = [{ at = 32, i32 = [64] }, { at = 64, i32 = [8] }, { at = 8, i32 = [0] }]
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 12)"
;;! returns = "(i32.const 32)"
;;!
;;! [[check]]
;;! call = "pages"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 131072)"
;;! returns = "(i32.const 120)"
;;!
;;! [[check]]
;;! call = "pages"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 1000000)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "alloc"
;;! args = "(i32.const 8)"
;;! returns = "(i32.const 64)"

;; A block has a header word, its size (a multiple of 8), eight bytes before
;; the address given out. Free blocks form a list through their first word; the first that is large enough is taken
;; whole. Without one, the break moves up, growing the memory where needed;
;; 0 means that it could not.
(module
  (memory (export "memory") 1 8)
  (global $head (mut i32) (i32.const 0))
  (global $break (mut i32) (i32.const 0))

  (func $size_of (param $p i32) (result i32)
    (i32.load (i32.sub (local.get $p) (i32.const 8))))

  (func (export "alloc") (param $n i32) (result i32)
    (local $p i32) (local $prev i32) (local $end i32)
    (local.set $n (i32.and (i32.add (local.get $n) (i32.const 7)) (i32.const -8)))
    (local.set $p (global.get $head))
    (block $none
      (loop $walk
        (br_if $none (i32.eqz (local.get $p)))
        (if (i32.ge_u (call $size_of (local.get $p)) (local.get $n))
          (then
            (if (local.get $prev)
              (then (i32.store (local.get $prev) (i32.load (local.get $p))))
              (else (global.set $head (i32.load (local.get $p)))))
            (return (local.get $p))))
        (local.set $prev (local.get $p))
        (local.set $p (i32.load (local.get $p)))
        (br $walk)))
    (local.set $p (i32.add (global.get $break) (i32.const 8)))
    (local.set $end (i32.add (local.get $p) (local.get $n)))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16)))
      (then
        (if (i32.eq (i32.const -1)
              (memory.grow
                (i32.sub
                  (i32.shr_u (i32.add (local.get $end) (i32.const 65535)) (i32.const 16))
                  (memory.size))))
          (then (return (i32.const 0))))))
    (i32.store (global.get $break) (local.get $n))
    (global.set $break (local.get $end))
    (local.get $p))

  (func (export "free") (param $p i32)
    (i32.store (local.get $p) (global.get $head))
    (global.set $head (local.get $p)))

  (func (export "pages") (result i32) (memory.size))
)
