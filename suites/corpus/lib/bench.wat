;; What benchmarks in the text format have in common: a program whose first line
;; is `;; with lib/bench.wat` is the fields of a module, and these come before
;; them. It defines
;;
;;   (func $prepare)   may call $number
;;   (func $work)      what is timed
;;   (func $answer)    may call $print and $print_hex
;;
;; Memory: the first page is for the functions below, the rest for programs.

(import "wasi_snapshot_preview1" "environ_get"
  (func $environ_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "environ_sizes_get"
  (func $environ_sizes_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_read"
  (func $fd_read (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_write"
  (func $fd_write (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "path_open"
  (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "bench" "start" (func $bench_start))
(import "bench" "end" (func $bench_end))

;; 0 a part for fd_read and fd_write, 16 results of WASI, 64 constants,
;; 256 what is printed, 1024 the input, 8192 variables, 16384 their text.
(data (i32.const 64) "./default.input./small.input  WASM_BENCH_USE_SMALL_WORKLOAD=")
(global $printed (mut i32) (i32.const 256))
(global $at (mut i32) (i32.const 1024))

(func (export "_start")
  (call $read_input)
  (call $prepare)
  (call $bench_start)
  (call $work)
  (call $bench_end)
  (call $answer)
  (call $flush))

;; Ends the program when WASI says no.
(func $must (param $error i32)
  (if (local.get $error) (then unreachable)))

(func $is_small (result i32)
  (local $count i32) (local $variable i32) (local $i i32)
  (call $must (call $environ_sizes_get (i32.const 16) (i32.const 20)))
  (local.set $count (i32.load (i32.const 16)))
  (call $must (i32.gt_u (local.get $count) (i32.const 2048)))
  (call $must (i32.gt_u (i32.load (i32.const 20)) (i32.const 49152)))
  (call $must (call $environ_get (i32.const 8192) (i32.const 16384)))
  (loop $variables
    (if (i32.eqz (local.get $count)) (then (return (i32.const 0))))
    (local.set $count (i32.sub (local.get $count) (i32.const 1)))
    (local.set $variable
      (i32.load (i32.add (i32.const 8192) (i32.shl (local.get $count) (i32.const 2)))))
    (local.set $i (i32.const 0))
    (loop $letters
      (if (i32.eq (local.get $i) (i32.const 30)) (then (return (i32.const 1))))
      (br_if $variables
        (i32.ne
          (i32.load8_u (i32.add (local.get $variable) (local.get $i)))
          (i32.load8_u (i32.add (i32.const 94) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $letters)))
  unreachable)

(func $read_input
  (local $small i32)
  (local.set $small (call $is_small))
  (call $must
    (call $path_open
      (i32.const 3) (i32.const 1)
      (select (i32.const 79) (i32.const 64) (local.get $small))
      (select (i32.const 13) (i32.const 15) (local.get $small))
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
  (i32.store (i32.const 0) (i32.const 1024))
  (i32.store (i32.const 4) (i32.const 1023))
  (call $must
    (call $fd_read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 20))))

;; The next number of the input; zero behind its end.
(func $number (result i32)
  (local $number i32) (local $digit i32)
  (loop $space
    (local.set $digit (i32.load8_u (global.get $at)))
    (if (i32.or (i32.eq (local.get $digit) (i32.const 32)) (i32.eq (local.get $digit) (i32.const 10)))
      (then
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $space))))
  (loop $digits
    (local.set $digit (i32.sub (i32.load8_u (global.get $at)) (i32.const 48)))
    (if (i32.lt_u (local.get $digit) (i32.const 10))
      (then
        (local.set $number
          (i32.add (i32.mul (local.get $number) (i32.const 10)) (local.get $digit)))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $digits))))
  (local.get $number))

(func $print_byte (param $byte i32)
  (i32.store8 (global.get $printed) (local.get $byte))
  (global.set $printed (i32.add (global.get $printed) (i32.const 1))))

;; The number in hexadecimal digits, and a line's end.
(func $print_hex (param $number i64) (param $digits i32)
  (local $digit i32)
  (loop $next
    (local.set $digits (i32.sub (local.get $digits) (i32.const 1)))
    (local.set $digit
      (i32.and
        (i32.wrap_i64
          (i64.shr_u (local.get $number) (i64.extend_i32_u (i32.shl (local.get $digits) (i32.const 2)))))
        (i32.const 15)))
    (call $print_byte
      (i32.add
        (local.get $digit)
        (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $digit) (i32.const 9)))))
    (br_if $next (local.get $digits)))
  (call $print_byte (i32.const 10)))

(func $flush
  (i32.store (i32.const 0) (i32.const 256))
  (i32.store (i32.const 4) (i32.sub (global.get $printed) (i32.const 256)))
  (call $must (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))
