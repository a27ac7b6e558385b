;; Says what it is doing: `warm` from its ready function, `start` from its entry
;; point. The ready function `broken` traps.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 32) "warm\nstart\n")
  (func $write (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "warm") (call $write (i32.const 32) (i32.const 5)))
  (func (export "broken") unreachable)
  (func (export "with-parameter") (param i32))
  (func (export "_start") (call $write (i32.const 37) (i32.const 6))))
