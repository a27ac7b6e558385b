;;! description = "resumes a generator that suspends itself for each value, and answers one that asks"
;;! proposals = ["function-references", "gc", "exceptions", "stack-switching"]
;;!
;;! [[check]]
;;! call = "sum"
;;! args = "(i32.const 10)"
;;! returns = "(i32.const 55)"
;;!
;;! [[check]]
;;! call = "count"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "echo"
;;! returns = "(i32.const 321)"

;; The continuation runs until it suspends with a value, which the handler adds
;; up before it resumes the rest. "echo" sends values the other way, too.
(module
  (type $f (func (param i32)))
  (type $k (cont $f))
  (type $g (func (result i32)))
  (type $kg (cont $g))
  (type $r (func (param i32) (result i32)))
  (type $kr (cont $r))
  (type $resume (func))
  (type $kresume (cont $resume))
  (tag $yield (param i32))
  (tag $ask (param i32) (result i32))
  (elem declare func $count_down $asker)

  ;; yields n, n - 1, ... 1
  (func $count_down (type $f) (param $n i32)
    (loop $l
      (if (local.get $n)
        (then
          (suspend $yield (local.get $n))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $l)))))

  (func $run (param $n i32) (param $weight i32) (result i32)
    (local $k (ref null $kresume)) (local $sum i32)
    (local.set $k (cont.bind $k $kresume (local.get $n) (cont.new $k (ref.func $count_down))))
    (loop $l
      (block $got (result i32 (ref $kresume))
        (resume $kresume (on $yield $got) (local.get $k))
        (return (local.get $sum)))
      (local.set $k)
      (if (param i32) (result i32) (local.get $weight)
        (then)
        (else (drop) (i32.const 1)))
      (i32.add (local.get $sum))
      (local.set $sum)
      (br $l))
    (unreachable))
  (func (export "sum") (param i32) (result i32) (call $run (local.get 0) (i32.const 1)))
  (func (export "count") (param i32) (result i32) (call $run (local.get 0) (i32.const 0)))

  ;; asks three times and puts the answers together as digits
  (func $asker (type $g)
    (i32.add
      (suspend $ask (i32.const 1))
      (i32.add
        (i32.mul (i32.const 10) (suspend $ask (i32.const 2)))
        (i32.mul (i32.const 100) (suspend $ask (i32.const 3))))))
  (func (export "echo") (result i32)
    (local $question i32) (local $k (ref null $kr))
    (block $asked (result i32 (ref $kr))
      (return (resume $kg (on $ask $asked) (cont.new $kg (ref.func $asker)))))
    (local.set $k)
    (local.set $question)
    (loop $l
      (block $again (result i32 (ref $kr))
        (return (resume $kr (on $ask $again) (local.get $question) (local.get $k))))
      (local.set $k)
      (local.set $question)
      (br $l))
    (unreachable))
)
