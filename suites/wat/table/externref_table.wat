;;! description = "keeps host references in a table and gives the same ones back"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(ref.extern 11)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(ref.extern 22)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(ref.null extern)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(ref.extern 44)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "at"
;;! args = "(i32.const 1)"
;;! returns = "(ref.extern 22)"
;;!
;;! [[check]]
;;! call = "at"
;;! args = "(i32.const 2)"
;;! returns = "(ref.null extern)"
;;!
;;! [[check]]
;;! call = "reverse"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "at"
;;! args = "(i32.const 0)"
;;! returns = "(ref.extern 44)"
;;!
;;! [[check]]
;;! call = "at"
;;! args = "(i32.const 3)"
;;! returns = "(ref.extern 11)"
;;!
;;! [[check]]
;;! call = "first_null"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(ref.extern 11)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(ref.extern 22)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(ref.null extern)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(ref.extern 44)"
;;!
;;! [[check]]
;;! call = "pop"
;;! traps = "out of bounds table access"

;; The module cannot look into a reference, only move it and test it for null.
;; "pop" clears the slot, so that the host's object may be freed.
(module
  (table $stack 0 externref)
  (global $top (mut i32) (i32.const 0))

  (func (export "push") (param externref) (result i32)
    (if (i32.lt_u (global.get $top) (table.size $stack))
      (then (table.set $stack (global.get $top) (local.get 0)))
      (else (drop (table.grow $stack (local.get 0) (i32.const 1)))))
    (global.set $top (i32.add (global.get $top) (i32.const 1)))
    (i32.sub (global.get $top) (i32.const 1)))

  (func (export "pop") (result externref)
    (local $r externref)
    (local.set $r (table.get $stack (i32.sub (global.get $top) (i32.const 1))))
    (global.set $top (i32.sub (global.get $top) (i32.const 1)))
    (table.set $stack (global.get $top) (ref.null extern))
    (local.get $r))

  (func (export "at") (param i32) (result externref)
    (table.get $stack (local.get 0)))

  (func (export "reverse")
    (local $i i32) (local $j i32) (local $t externref)
    (local.set $j (i32.sub (global.get $top) (i32.const 1)))
    (loop $swap
      (local.set $t (table.get $stack (local.get $i)))
      (table.set $stack (local.get $i) (table.get $stack (local.get $j)))
      (table.set $stack (local.get $j) (local.get $t))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $j (i32.sub (local.get $j) (i32.const 1)))
      (br_if $swap (i32.lt_s (local.get $i) (local.get $j)))))

  (func (export "first_null") (result i32)
    (local $i i32)
    (block $found
      (loop $next
        (br_if $found (ref.is_null (table.get $stack (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $i))
)
