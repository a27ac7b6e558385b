;;! description = "launches that are refused: wrong arguments, grids that no device has; the memory stays"
;;!
;;! [[check]]
;;! launch = "mark"
;;! fails = "arguments"
;;! message = "2 arguments, not 0"
;;!
;;! [[check]]
;;! launch = "mark"
;;! args = "(i32.const 1)"
;;! fails = "arguments"
;;!
;;! [[check]]
;;! launch = "mark"
;;! args = "(i32.const 1) (f32.const 1) (i32.const 1)"
;;! fails = "arguments"
;;! message = "2 arguments, not 3"
;;!
;;! [[check]]
;;! launch = "mark"
;;! args = "(f32.const 1) (i32.const 1)"
;;! fails = "arguments"
;;! message = "argument 0"
;;!
;;! [[check]]
;;! launch = "mark"
;;! args = "(i64.const 1) (f32.const 1)"
;;! fails = "arguments"
;;!
;;! [[check]]
;;! launch = "mark"
;;! args = "(i32.const 1) (f64.const 1)"
;;! fails = "arguments"
;;! message = "argument 1"
;;!
;;! [[check]]
;;! launch = "nobody"
;;! fails = "missing"
;;!
;;! # The memory is no function.
;;! [[check]]
;;! launch = "memory"
;;! fails = "missing"
;;!
;;! [[check]]
;;! launch = "mark"
;;! blocks = [0]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "no threads"
;;!
;;! [[check]]
;;! launch = "mark"
;;! threads = [8, 0]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "no threads"
;;!
;;! [[check]]
;;! launch = "mark"
;;! blocks = [2147483648]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "2147483647 blocks"
;;!
;;! [[check]]
;;! launch = "mark"
;;! blocks = [1, 65536]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;!
;;! [[check]]
;;! launch = "mark"
;;! blocks = [1, 1, 4294967295]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;!
;;! [[check]]
;;! launch = "mark"
;;! blocks = [2147483647]
;;! threads = [1024]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "threads"
;;!
;;! [[check]]
;;! launch = "mark"
;;! threads = [1025]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "1024"
;;!
;;! [[check]]
;;! launch = "mark"
;;! threads = [32, 33]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "not 1056"
;;!
;;! [[check]]
;;! launch = "mark"
;;! threads = [1, 1, 65]
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;! message = "64 along z"
;;! memory = [{ at = 0, i32 = [0] }]
;;!
;;! # Refused a thousand times, the device does not mind.
;;! [[check]]
;;! launch = "mark"
;;! blocks = [0, 0, 0]
;;! repeat = 1000
;;! args = "(i32.const 1) (f32.const 1)"
;;! fails = "limit"
;;!
;;! [[check]]
;;! launch = "mark"
;;! threads = [1, 16, 64]
;;! args = "(i32.const 5) (f32.const 1)"
;;! returns = ""
;;! memory = [{ at = 0, i32 = [5] }]

(module
  (memory (export "memory") 1)
  (func (export "mark") (param i32 f32) (i32.store (i32.const 0) (local.get 0))))
