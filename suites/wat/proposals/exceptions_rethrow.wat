;;! description = "rethrows a caught exception by reference, with its tag and values intact"
;;! proposals = ["exceptions"]
;;!
;;! [[check]]
;;! call = "cleanup"
;;! args = "(i32.const 1)"
;;! returns = "(i32.const 41)"
;;! memory = [{ at = 0, i32 = [1] }]
;;!
;;! [[check]]
;;! call = "cleanup"
;;! args = "(i32.const 0)"
;;! returns = "(i32.const 0)"
;;! memory = [{ at = 0, i32 = [2] }]
;;!
;;! [[check]]
;;! call = "relay"
;;! args = "(i32.const 5)"
;;! returns = "(i32.const 5)"
;;!
;;! [[check]]
;;! call = "keep"
;;! args = "(i32.const 8)"
;;! returns = "(i32.const 8)"
;;!
;;! [[check]]
;;! call = "drop_it"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "null"
;;! traps = "null reference"

;; catch_ref and catch_all_ref add an exnref to the values. "cleanup" runs code
;; on both ways out, as a finally does. A reference may be kept in a local and
;; thrown after another exception has come and gone, or never.
(module
  (memory (export "memory") 1)
  (tag $t (param i32))
  (tag $other)

  (func $bump
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))

  (func $guarded (param $fail i32)
    (block $handler (result exnref)
      (try_table (catch_all_ref $handler)
        (if (local.get $fail) (then (throw $t (i32.const 41)))))
      (call $bump)
      (return))
    (call $bump)
    (throw_ref))
  (func (export "cleanup") (param $fail i32) (result i32)
    (block $h (result i32)
      (try_table (catch $t $h)
        (call $guarded (local.get $fail)))
      (i32.const 0)))

  ;; thrown anew at each level
  (func $again (param $n i32)
    (block $handler (result i32 exnref)
      (try_table (catch_ref $t $handler)
        (if (i32.eqz (local.get $n)) (then (throw $t (i32.const 5))))
        (call $again (i32.sub (local.get $n) (i32.const 1))))
      (return))
    (throw_ref)) ;; the i32 below it is simply left behind
  (func (export "relay") (param $n i32) (result i32)
    (block $h (result i32)
      (try_table (catch $t $h)
        (call $again (local.get $n)))
      (i32.const -1)))

  (func (export "keep") (param $v i32) (result i32)
    (local $kept exnref)
    (local.set $kept
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $t (local.get $v)))
        (unreachable)))
    (block $ignore
      (try_table (catch $other $ignore) (throw $other)))
    (block $h (result i32)
      (try_table (catch $t $h)
        (throw_ref (local.get $kept)))
      (unreachable)))

  (func (export "drop_it") (result i32)
    (drop
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $other))
        (unreachable)))
    (i32.const 1))

  (func (export "null") (throw_ref (ref.null exn)))
)
