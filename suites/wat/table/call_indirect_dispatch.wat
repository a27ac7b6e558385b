;;! description = "dispatches virtual methods through tables of functions laid out by class"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 0)"
;;! returns = "(f32.const 12)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 1)"
;;! returns = "(f32.const 16)"
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 2)"
;;! returns = "(f32.const 0)"
;;!
;;! [[check]]
;;! call = "scale"
;;! args = "(i32.const 0) (f32.const 2)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 0)"
;;! returns = "(f32.const 48)"
;;!
;;! [[check]]
;;! call = "total_area"
;;! returns = "(f32.const 64)"
;;!
;;! [[check]]
;;! call = "scale"
;;! args = "(i32.const 1) (f32.const 0.5)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "scale"
;;! args = "(i32.const 2) (f32.const 9)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "total_area"
;;! returns = "(f32.const 52)"
;;!
;;! [[check]]
;;! call = "become"
;;! args = "(i32.const 2) (i32.const 1)"
;;! returns = ""
;;!
;;! [[check]]
;;! call = "area"
;;! args = "(i32.const 2)"
;;! returns = "(f32.const 9)"

;; An object is 16 bytes: its class, then two f32. The class number picks the
;; row of the table: element 2 c is its area method and 2 c + 1 its scale
;; method, which have different types, all checked at the call.
(module
  (memory 1)
  ;; a 3 x 4 rectangle, a square of side 4, a point with an idle field of 3
  (data (i32.const 0) "\00\00\00\00\00\00\40\40\00\00\80\40\00\00\00\00")
  (data (i32.const 16) "\01\00\00\00\00\00\80\40")
  (data (i32.const 32) "\02\00\00\00\00\00\40\40")

  (type $area (func (param i32) (result f32)))
  (type $scale (func (param i32 f32)))
  (table funcref
    (elem $rectangle_area $rectangle_scale $square_area $square_scale $point_area $point_scale))

  (func $rectangle_area (type $area) (param $this i32) (result f32)
    (f32.mul (f32.load offset=4 (local.get $this)) (f32.load offset=8 (local.get $this))))
  (func $rectangle_scale (type $scale) (param $this i32) (param $by f32)
    (call $square_scale (local.get $this) (local.get $by))
    (f32.store offset=8 (local.get $this)
      (f32.mul (f32.load offset=8 (local.get $this)) (local.get $by))))
  (func $square_area (type $area) (param $this i32) (result f32)
    (f32.mul (f32.load offset=4 (local.get $this)) (f32.load offset=4 (local.get $this))))
  (func $square_scale (type $scale) (param $this i32) (param $by f32)
    (f32.store offset=4 (local.get $this)
      (f32.mul (f32.load offset=4 (local.get $this)) (local.get $by))))
  (func $point_area (type $area) (f32.const 0))
  (func $point_scale (type $scale))

  (func $method (param $this i32) (param $slot i32) (result i32)
    (i32.add (i32.shl (i32.load (local.get $this)) (i32.const 1)) (local.get $slot)))

  (func $area_of (export "area") (param $n i32) (result f32)
    (local $this i32)
    (local.set $this (i32.shl (local.get $n) (i32.const 4)))
    (call_indirect (type $area) (local.get $this) (call $method (local.get $this) (i32.const 0))))
  (func (export "scale") (param $n i32) (param $by f32)
    (local $this i32)
    (local.set $this (i32.shl (local.get $n) (i32.const 4)))
    (call_indirect (type $scale) (local.get $this) (local.get $by)
      (call $method (local.get $this) (i32.const 1))))
  (func (export "become") (param $n i32) (param $class i32)
    (i32.store (i32.shl (local.get $n) (i32.const 4)) (local.get $class)))
  (func (export "total_area") (result f32)
    (f32.add (call $area_of (i32.const 0))
      (f32.add (call $area_of (i32.const 1)) (call $area_of (i32.const 2)))))
)
