;;! description = "adds two f32 vectors element by element, leaving what lies past the end alone"
;;!
;;! [[check]]
;;! call = "vector_add"
;;! args = "(i32.const 0) (i32.const 32) (i32.const 64) (i32.const 5)"
;;! returns = ""
;;! memory = [{ at = 64, f32 = [11.0, 22.5, -33.0, 0.0, 1.0e10, 7.0] }]
;;!
;;! [[check]]
;;! call = "vector_add"
;;! args = "(i32.const 0) (i32.const 32) (i32.const 96) (i32.const 0)"
;;! returns = ""
;;! memory = [{ at = 96, f32 = [9.0] }]
;;!
;;! [[check]]
;;! call = "vector_add"
;;! args = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3)"
;;! returns = ""
;;! memory = [{ at = 0, f32 = [2.0, 5.0, -60.0, 4.0] }]

;; out[i] = a[i] + b[i]. A length of zero must touch nothing (a loop that
;; tests at its end would run once), and the output may alias an input.
(module
  (memory (export "memory") 1)

  ;; a = 1, 2.5, -30, 4, 1e10      b = 10, 20, -3, -4, 1
  (data (i32.const 0) "\00\00\80\3f\00\00\20\40\00\00\f0\c1\00\00\80\40\f9\02\15\50")
  (data (i32.const 32) "\00\00\20\41\00\00\a0\41\00\00\40\c0\00\00\80\c0\00\00\80\3f")
  ;; sentinels: 7.0 after the first output, 9.0 where the empty call points
  (data (i32.const 84) "\00\00\e0\40")
  (data (i32.const 96) "\00\00\10\41")

  (func (export "vector_add")
    (param $a i32) (param $b i32) (param $out i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (f32.store (local.get $out)
          (f32.add (f32.load (local.get $a)) (f32.load (local.get $b))))
        (local.set $a (i32.add (local.get $a) (i32.const 4)))
        (local.set $b (i32.add (local.get $b) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next))))
)
