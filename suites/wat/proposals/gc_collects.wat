;;! description = "keeps what is reachable and survives much more garbage than the live data"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "churn"
;;! args = "(i32.const 300000)"
;;! returns = "(i32.const 300000)"
;;!
;;! [[check]]
;;! call = "tree"
;;! args = "(i32.const 12)"
;;! returns = "(i32.const 4096)"
;;!
;;! [[check]]
;;! call = "alive"
;;! returns = "(i32.const 6)"

;; Each round makes an array of 256 bytes and forgets it, some 75 MB in all,
;; while a small structure stays reachable from a global and another one from
;; a local alone. A binary tree holds interior references only.
(module
  (type $bytes (array (mut i8)))
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree))))
  (type $cell (struct (field (mut i32)) (field (ref $bytes))))
  (global $live (ref $cell)
    (struct.new $cell (i32.const 6) (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2))))

  (func (export "churn") (param $n i32) (result i32)
    (local $mine (ref null $cell)) (local $garbage (ref null $bytes)) (local $i i32)
    (local.set $mine (struct.new $cell (i32.const 0) (array.new_default $bytes (i32.const 8))))
    (loop $l
      (local.set $garbage (array.new $bytes (local.get $i) (i32.const 256)))
      (if (i32.ne
            (array.get_u $bytes (local.get $garbage) (i32.const 255))
            (i32.and (local.get $i) (i32.const 255)))
        (then (unreachable)))
      (struct.set $cell 0 (local.get $mine)
        (i32.add (struct.get $cell 0 (local.get $mine)) (i32.const 1)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (struct.get $cell 0 (local.get $mine)))

  (func $make (param $depth i32) (result (ref $tree))
    (if (i32.eqz (local.get $depth)) (then (return (struct.new_default $tree))))
    (struct.new $tree
      (call $make (i32.sub (local.get $depth) (i32.const 1)))
      (call $make (i32.sub (local.get $depth) (i32.const 1)))))
  (func $leaves (param $t (ref null $tree)) (result i32)
    (if (ref.is_null (struct.get $tree 0 (local.get $t))) (then (return (i32.const 1))))
    (i32.add
      (call $leaves (struct.get $tree 0 (local.get $t)))
      (call $leaves (struct.get $tree 1 (local.get $t)))))
  (func (export "tree") (param $depth i32) (result i32)
    (call $leaves (call $make (local.get $depth))))

  (func (export "alive") (result i32)
    (i32.mul
      (i32.div_u (struct.get $cell 0 (global.get $live)) (i32.const 2))
      (array.get_u $bytes (struct.get $cell 1 (global.get $live)) (i32.const 1))))
)
