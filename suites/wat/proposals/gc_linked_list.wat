;;! description = "builds, reverses and sums a linked list of garbage-collected structs"
;;! proposals = ["function-references", "gc"]
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(i32.const 3)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 2)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(i32.const 8)"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 853)"
;;!
;;! [[check]]
;;! call = "reverse"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 358)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(i32.const 3)"
;;!
;;! [[check]]
;;! call = "digits"
;;! returns = "(i32.const 58)"
;;!
;;! [[check]]
;;! call = "long"
;;! args = "(i32.const 100000)"
;;! returns = "(i64.const 5000050000)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "pop"
;;! returns = "(i32.const 8)"
;;!
;;! [[check]]
;;! call = "pop"
;;! traps = "null reference"
;;!
;;! [[check]]
;;! call = "head"
;;! returns = "(ref.null)"
;;!
;;! [[check]]
;;! call = "push"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "head"
;;! returns = "(ref.struct)"

;; A node refers to one of its own type. "long" makes a list of its own, whose
;; nodes are garbage afterwards.
(module
  (type $node (struct (field $value i32) (field $next (mut (ref null $node)))))
  (global $head (mut (ref null $node)) (ref.null $node))
  (global $length (mut i32) (i32.const 0))

  (func (export "push") (param i32) (result i32)
    (global.set $head (struct.new $node (local.get 0) (global.get $head)))
    (global.set $length (i32.add (global.get $length) (i32.const 1)))
    (global.get $length))
  (func (export "pop") (result i32)
    (struct.get $node $value (global.get $head))
    (global.set $head (struct.get $node $next (global.get $head)))
    (global.set $length (i32.sub (global.get $length) (i32.const 1))))
  (func (export "head") (result anyref) (global.get $head))

  (func (export "digits") (result i32)
    (local $p (ref null $node)) (local $q (ref null $node)) (local $n i32)
    (local.set $p (global.get $head))
    (block $end
      (loop $next
        (local.set $q (br_on_null $end (local.get $p)))
        (local.set $n
          (i32.add
            (i32.mul (local.get $n) (i32.const 10))
            (struct.get $node $value (local.get $q))))
        (local.set $p (struct.get $node $next (local.get $q)))
        (br $next)))
    (local.get $n))

  (func (export "reverse")
    (local $done (ref null $node)) (local $p (ref null $node)) (local $rest (ref null $node))
    (local.set $p (global.get $head))
    (block $end
      (loop $next
        (br_if $end (ref.is_null (local.get $p)))
        (local.set $rest (struct.get $node $next (local.get $p)))
        (struct.set $node $next (local.get $p) (local.get $done))
        (local.set $done (local.get $p))
        (local.set $p (local.get $rest))
        (br $next)))
    (global.set $head (local.get $done)))

  (func (export "long") (param $n i32) (result i64)
    (local $p (ref null $node)) (local $sum i64)
    (loop $make
      (local.set $p (struct.new $node (local.get $n) (local.get $p)))
      (br_if $make (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (loop $walk
      (local.set $sum
        (i64.add (local.get $sum) (i64.extend_i32_u (struct.get $node $value (local.get $p)))))
      (br_if $walk
        (i32.eqz (ref.is_null (local.tee $p (struct.get $node $next (local.get $p)))))))
    (local.get $sum))
)
