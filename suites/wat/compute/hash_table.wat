;;! description = "keeps an open-addressing hash table with linear probing and tombstones across calls"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 1) (i32.const 100)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 17) (i32.const 200)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 33) (i32.const 300)"
;;! returns = "(i32.const 1)"
;;! memory = [{ at = 8, i32 = [1, 100, 17, 200, 33, 300, 0, 0] }]
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 17) (i32.const 222)"
;;! returns = "(i32.const 0)"
;;!
;;! [[check]]
;;! call = "remove"
;;! args = "(i32.const 17)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 33)"
;;! returns = "(i32.const 1) (i32.const 300)"
;;!
;;! [[check]]
;;! call = "get"
;;! args = "(i32.const 17)"
;;! returns = "(i32.const 0) (i32.const 0)"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 49) (i32.const 400)"
;;! returns = "(i32.const 1)"
;;! memory = [{ at = 8, i32 = [1, 100, 49, 400, 33, 300, 0, 0] }]
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 31) (i32.const 500)"
;;! returns = "(i32.const 1)"
;;!
;;! [[check]]
;;! call = "put"
;;! args = "(i32.const 15) (i32.const 600)"
;;! returns = "(i32.const 1)"
;;! memory = [{ at = 0, i32 = [15, 600] }, { at = 120, i32 = [31, 500] }]

;; 16 slots of key and value; a key's home is its lower four bits, so 1, 17,
;; 33 and 49 collide, as do 31 and 15, which wrap around the end. Key 0 marks a
;; free slot, key -1 a tombstone: a removed key must not cut the chain behind
;; it, and its slot is used again.
(module
  (memory (export "memory") 1)

  ;; the slot of $key, or if it is not there, where it should go
  (func $find (param $key i32) (result i32 i32)
    (local $slot i32) (local $k i32) (local $tomb i32)
    (local.set $tomb (i32.const -1))
    (local.set $slot (i32.shl (i32.and (local.get $key) (i32.const 15)) (i32.const 3)))
    (loop $probe
      (local.set $k (i32.load (local.get $slot)))
      (if (i32.eq (local.get $k) (local.get $key))
        (then (return (i32.const 1) (local.get $slot))))
      (if (i32.eqz (local.get $k))
        (then
          (return (i32.const 0)
            (select (local.get $slot) (local.get $tomb)
              (i32.eq (local.get $tomb) (i32.const -1))))))
      (if (i32.and
            (i32.eq (local.get $k) (i32.const -1))
            (i32.eq (local.get $tomb) (i32.const -1)))
        (then (local.set $tomb (local.get $slot))))
      (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 8)) (i32.const 127)))
      (br $probe))
    unreachable)

  ;; is the key new?
  (func (export "put") (param $key i32) (param $value i32) (result i32)
    (local $slot i32) (local $known i32)
    (call $find (local.get $key))
    (local.set $slot)
    (local.set $known)
    (i32.store (local.get $slot) (local.get $key))
    (i32.store offset=4 (local.get $slot) (local.get $value))
    (i32.eqz (local.get $known)))

  (func (export "get") (param $key i32) (result i32 i32)
    (local $slot i32)
    (call $find (local.get $key))
    (local.set $slot)
    ;; the first result of find is still on the stack
    (if (result i32 i32)
      (then (i32.const 1) (i32.load offset=4 (local.get $slot)))
      (else (i32.const 0) (i32.const 0))))

  (func (export "remove") (param $key i32) (result i32)
    (local $slot i32) (local $known i32)
    (call $find (local.get $key))
    (local.set $slot)
    (local.set $known)
    (if (local.get $known)
      (then (i64.store (local.get $slot) (i64.const 0xffffffff))))
    (local.get $known))
)
