;; Opens the path of its first argument below the first preopened directory and
;; exits with the errno. A second argument makes it create the file.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $length (param $at i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $at))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $at)))
  (func (export "_start")
    (local $path i32)
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (drop (call $args_get (i32.const 16) (i32.const 1024)))
    (local.set $path (i32.load (i32.const 20)))
    (call $proc_exit
      (call $path_open
        (i32.const 3)                      ;; the first preopened directory
        (i32.const 1)                      ;; follow symbolic links
        (local.get $path)
        (call $length (local.get $path))
        (i32.gt_u (i32.load (i32.const 0)) (i32.const 2)) ;; O_CREAT
        (i64.const 2)                      ;; fd_read
        (i64.const 0)
        (i32.const 0)
        (i32.const 8)))))
