;;! description = "runs Conway's Game of Life on a torus and prints the generations"
;;!
;;! [[check]]
;;! call = "play"
;;! args = "(i32.const 4)"
;;! golden = "game_of_life.txt"
;;!
;;! [[check]]
;;! call = "alive"
;;! returns = "(i32.const 8)"
;;!
;;! [[check]]
;;! call = "play"
;;! args = "(i32.const 32)"
;;! golden = "game_of_life_late.txt"

;; A 16 x 8 board with a glider that soon crosses the lower edge and comes back
;; at the top, and a blinker in its way, so that the two meet. Cells are bytes;
;; the two boards, at 0 and 128, take turns. The second call goes on
;; from the state that the first one left and overwrites its text.
(module
  (memory (export "memory") 1)
  (global $now (mut i32) (i32.const 0))
  (global $generation (mut i32) (i32.const 0))
  (global $out (mut i32) (i32.const 0))

  ;; row 4: .#  row 5: ..#  row 6: ###  (the glider), and the blinker in row 2
  (data (i32.const 65) "\01")
  (data (i32.const 82) "\01")
  (data (i32.const 96) "\01\01\01")
  (data (i32.const 42) "\01\01\01")

  ;; the cell at column x and row y, where both wrap around
  (func $cell (param $x i32) (param $y i32) (result i32)
    (i32.load8_u
      (i32.add (global.get $now)
        (i32.or
          (i32.shl (i32.and (local.get $y) (i32.const 7)) (i32.const 4))
          (i32.and (local.get $x) (i32.const 15))))))

  (func $neighbours (param $x i32) (param $y i32) (result i32)
    (local $l i32) (local $r i32) (local $u i32) (local $d i32)
    (local.set $l (i32.sub (local.get $x) (i32.const 1)))
    (local.set $r (i32.add (local.get $x) (i32.const 1)))
    (local.set $u (i32.sub (local.get $y) (i32.const 1)))
    (local.set $d (i32.add (local.get $y) (i32.const 1)))
    (call $cell (local.get $l) (local.get $u))
    (i32.add (call $cell (local.get $x) (local.get $u)))
    (i32.add (call $cell (local.get $r) (local.get $u)))
    (i32.add (call $cell (local.get $l) (local.get $y)))
    (i32.add (call $cell (local.get $r) (local.get $y)))
    (i32.add (call $cell (local.get $l) (local.get $d)))
    (i32.add (call $cell (local.get $x) (local.get $d)))
    (i32.add (call $cell (local.get $r) (local.get $d))))

  (func $step
    (local $i i32) (local $x i32) (local $y i32) (local $n i32) (local $next i32)
    (local.set $next (i32.xor (global.get $now) (i32.const 128)))
    (loop $cells
      (local.set $x (i32.and (local.get $i) (i32.const 15)))
      (local.set $y (i32.shr_u (local.get $i) (i32.const 4)))
      (local.set $n (call $neighbours (local.get $x) (local.get $y)))
      ;; three neighbours, or two and alive already: (n | alive) = 3
      (i32.store8 (i32.add (local.get $next) (local.get $i))
        (i32.eq (i32.const 3)
          (i32.or (local.get $n) (call $cell (local.get $x) (local.get $y)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $cells (i32.lt_u (local.get $i) (i32.const 128))))
    (global.set $now (local.get $next))
    (global.set $generation (i32.add (global.get $generation) (i32.const 1))))

  (func $put (param $c i32)
    (i32.store8 offset=1024 (global.get $out) (local.get $c))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func $print
    (local $i i32)
    (call $put (i32.const 0x23)) ;; "#" and the generation, two digits
    (call $put (i32.add (i32.const 0x30) (i32.div_u (global.get $generation) (i32.const 10))))
    (call $put (i32.add (i32.const 0x30) (i32.rem_u (global.get $generation) (i32.const 10))))
    (call $put (i32.const 10))
    (loop $cells
      (call $put
        (select (i32.const 0x4f) (i32.const 0x2e) ;; "O" or "."
          (i32.load8_u (i32.add (global.get $now) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.eqz (i32.and (local.get $i) (i32.const 15)))
        (then (call $put (i32.const 10))))
      (br_if $cells (i32.lt_u (local.get $i) (i32.const 128)))))

  ;; prints the board before the first step and after every fourth
  (func (export "play") (param $steps i32) (result i32 i32)
    (local $i i32)
    (global.set $out (i32.const 0))
    (call $print)
    (loop $run
      (call $step)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.eqz (i32.and (local.get $i) (i32.const 3))) (then (call $print)))
      (br_if $run (i32.lt_u (local.get $i) (local.get $steps))))
    (i32.const 1024) (global.get $out))

  (func (export "alive") (result i32)
    (local $i i32) (local $n i32)
    (loop $cells
      (local.set $n
        (i32.add (local.get $n) (i32.load8_u (i32.add (global.get $now) (local.get $i)))))
      (br_if $cells
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 128))))
    (local.get $n))
)
