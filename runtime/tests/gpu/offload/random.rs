//! Random loops, both ways: what is taken does as threads what it does as one.
//!
//! More of them, from a seed to another:
//!
//! ```sh
//! OFFLOAD=1000..50000 cargo test --workspace --test gpu offload::random -- --nocapture
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use tensor_wasm_runtime::gpu::offload::{OffloadError, Reason};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Options};

use super::{compiled, instance, noise};
use crate::DEVICES;

/// Seeds of the short run.
const SHORT: Range<u64> = 0..300;

/// A function of random loops over few addresses, so that they meet often.
struct Random(fastrand::Rng);

impl Random {
    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.0.usize(0..of.len())]
    }

    fn small(&mut self) -> i32 {
        self.0.i32(-3..=9)
    }

    /// A step of a counter, seldom zero.
    fn step(&mut self) -> i32 {
        *self
            .0
            .choice(&[4, 4, 4, 4, 8, 8, 8, 12, 16, -4, -8, -8, 1, 2, 3, -1, 0])
            .unwrap()
    }

    /// An address: mostly a line.
    fn address(&mut self, from: &[&str]) -> String {
        let counter = self.one(from);
        match self.0.u8(0..20) {
            0 => format!(
                "(i32.shl (local.get {counter}) (i32.const {}))",
                self.0.u8(0..4)
            ),
            1 => format!(
                "(i32.add (local.get {}) (i32.mul (local.get $i) (i32.const {})))",
                self.one(&["$x", "$y"]),
                self.step()
            ),
            2 => format!(
                "(i32.sub (local.get {counter}) (i32.const {}))",
                self.small()
            ),
            3 => format!(
                "(i32.or (local.get {counter}) (i32.const {}))",
                self.0.u8(0..8)
            ),
            4 => format!(
                "(i32.add (local.get {counter}) (i32.shl (local.get {}) (i32.const 2)))",
                self.one(&["$i", "$n"])
            ),
            5 => format!(
                "(i32.wrap_i64 (i64.add (i64.extend_i32_{} (local.get {counter})) (i64.const {})))",
                self.one(&["s", "u"]),
                self.small()
            ),
            6 if self.0.u8(0..4) == 0 => "(i32.load8_u (local.get $p))".to_owned(),
            _ => format!("(local.get {counter})"),
        }
    }

    fn place(&mut self) -> String {
        match self.0.u8(0..12) {
            0 => format!("offset={}", self.0.u16(0..24)),
            1 | 2 => format!("offset={}", 4 * self.0.u16(0..300)),
            _ => String::new(),
        }
    }

    /// A value of 32 bits.
    fn value(&mut self, depth: u32) -> String {
        if depth == 0 || self.0.u8(0..5) == 0 {
            return match self.0.u8(0..5) {
                0 => format!("(i32.const {})", self.small()),
                _ => format!(
                    "(local.get {})",
                    self.one(&["$i", "$p", "$n", "$v", "$w", "$x"])
                ),
            };
        }
        match self.0.u8(0..7) {
            0..=2 => {
                let load = self.one(&["load", "load", "load8_u", "load16_s"]);
                let from = ["$p", "$p", "$p", "$q", "$q", "$i", "$x", "$y"];
                format!("(i32.{load} {} {})", self.place(), self.address(&from))
            }
            3 => format!(
                "(i32.reinterpret_f32 (f32.{} (f32.convert_i32_s {}) (f32.reinterpret_i32 {})))",
                self.one(&["add", "mul", "div", "min"]),
                self.value(depth - 1),
                self.value(depth - 1)
            ),
            4 => format!(
                "(select {} {} (i32.{} {} {}))",
                self.value(depth - 1),
                self.value(depth - 1),
                self.one(&["eq", "lt_s", "ge_u"]),
                self.value(depth - 1),
                self.value(0)
            ),
            5 if self.0.u8(0..3) == 0 => format!(
                "(i32.div_s {} (i32.const {}))",
                self.value(depth - 1),
                self.small()
            ),
            _ => format!(
                "(i32.{} {} {})",
                self.one(&["add", "sub", "mul", "xor", "rotl", "shr_s", "and"]),
                self.value(depth - 1),
                self.value(depth - 1)
            ),
        }
    }

    fn statement(&mut self, depth: u32) -> String {
        match self.0.u8(0..9) {
            0 if depth > 0 => format!(
                "(if {} (then {}) (else {}))",
                self.value(1),
                self.statement(depth - 1),
                self.statement(depth - 1)
            ),
            1 if depth > 0 => format!(
                "(block $skip (br_if $skip {}) {} {})",
                self.value(1),
                self.statement(depth - 1),
                self.statement(depth - 1)
            ),
            // Set before it is used, or carried.
            2 | 3 => format!(
                "(local.set {} {})",
                self.one(&["$v", "$v", "$w"]),
                self.value(2)
            ),
            4 if self.0.u8(0..9) == 0 => "(br_if $done (i32.load8_u (local.get $p)))".to_owned(),
            _ => {
                let store = self.one(&["store", "store", "store", "store8", "store16"]);
                let (place, address) =
                    (self.place(), self.address(&["$p", "$p", "$p", "$p", "$q"]));
                format!("(i32.{store} {place} {address} {})", self.value(2))
            }
        }
    }

    fn around(&mut self) -> String {
        match self.0.u8(0..6) {
            0 => {
                let statement = self.statement(0);
                let leaves = statement.contains("$done");
                if leaves { String::new() } else { statement }
            }
            1 => "(local.set $w (i32.load (local.get $x)))".to_owned(),
            2 => format!(
                "(local.set $p (i32.add (local.get $p) (i32.const {})))",
                self.small()
            ),
            _ => String::new(),
        }
    }

    /// A loop, with the test at one of its ends.
    fn a_loop(&mut self) -> String {
        let by = *self.0.choice(&[1, 1, 1, 1, 2, 3, -1, -2, 0]).unwrap();
        let (p, q) = (self.step(), self.step());
        let body: Vec<String> = (0..self.0.u8(1..4)).map(|_| self.statement(2)).collect();
        let mut body = body.join("\n        ");
        if self.0.u8(0..8) > 0 {
            body.insert_str(
                0,
                "(local.set $v (i32.const 5)) (local.set $w (local.get $i))\n        ",
            );
        }
        let steps = format!(
            "(local.set $p (i32.add (local.get $p) (i32.const {p})))
        (local.set $q (i32.sub (local.get $q) (i32.const {q})))
        (local.set $i (i32.add (local.get $i) (i32.const {by})))"
        );
        let bound = if by < 0 {
            self.one(&["(i32.const 0)", "(i32.const 12)", "(i32.const -3)"])
        } else {
            self.one(&["(local.get $n)", "(local.get $n)", "(i32.const 12)"])
        };
        let [on, off] = match (by, self.0.u8(0..12)) {
            (_, 0) => ["ne", "eq"],
            (..0, 1..10) => ["gt_s", "le_s"],
            (_, 1) => ["le_u", "gt_u"],
            (_, 2) => ["lt_u", "ge_u"],
            _ => ["lt_s", "ge_s"],
        };
        let start = if by < 0 {
            self.one(&["(local.get $n)", "(i32.const 30)"])
        } else {
            self.one(&[
                "(i32.const 0)",
                "(i32.const 0)",
                "(i32.const 1)",
                "(i32.const 30)",
            ])
        };
        if self.0.bool() {
            format!(
                "(local.set $i {start})
    (block $done (loop $next
        (br_if $done (i32.{off} (local.get $i) {bound}))
        {body}
        {steps}
        (br $next)))"
            )
        } else {
            format!(
                "(local.set $i {start})
    (block $done (loop $next
        {body}
        {steps}
        (br_if $next (i32.{on} (local.get $i) {bound}))))"
            )
        }
    }

    fn module(&mut self) -> String {
        let mut text = String::from(
            r#"(module (memory 1 1)
  (func (export "f") (param $n i32) (param $x i32) (param $y i32) (result i32)
    (local $i i32) (local $p i32) (local $q i32) (local $v i32) (local $w i32)
    (local.set $p (local.get $x)) (local.set $q (local.get $y))"#,
        );
        for _ in 0..self.0.u8(1..3) {
            let (before, a_loop, after) = (self.around(), self.a_loop(), self.around());
            let _ = write!(text, "\n    {before}\n    {a_loop}\n    {after}");
        }
        let result = self.one(&["$i", "$i", "$i", "$p", "$q", "$p", "$q", "$x", "$x", "$v"]);
        let _ = write!(text, "\n    (local.get {result})))");
        text
    }

    fn arguments(&mut self) -> Vec<u64> {
        let n = self.0.u64(0..70);
        let mut address = || match self.0.u8(0..12) {
            0 => 65_536 - self.0.u64(0..600),
            1..=2 => 2000 + self.0.u64(0..300),
            _ => 4 * self.0.u64(0..8000),
        };
        vec![n, address(), address()]
    }
}

/// How many were taken and how many refused, by reason.
type Counts = BTreeMap<String, u32>;

fn try_one(on: DeviceChoice, seed: u64, counts: &mut Counts) {
    let mut random = Random(fastrand::Rng::with_seed(seed));
    let text = random.module();
    let kernels = compiled(&text);
    for _ in 0..3 {
        let arguments = random.arguments();
        let options = || Options {
            fuel: Some(5000),
            ..Options::default()
        };
        let [mut alone, mut many] = [(); 2].map(|()| {
            let instance = instance(on, &kernels, options());
            instance.fill(&noise(65_536));
            instance
        });
        let before = many.memory();
        let place = || format!("seed {seed}, {arguments:?}:\n{text}");
        let name = match many.offload("f", &arguments) {
            Ok(done) => {
                // What is taken neither traps nor takes more fuel.
                let results = alone.call("f", &arguments);
                assert_eq!(results, Ok(done.results), "{}", place());
                assert!(alone.memory() == many.memory(), "memory, {}", place());
                match done.threads {
                    0 | 1 => "taken, for nothing".to_owned(),
                    _ => "taken".to_owned(),
                }
            }
            Err(OffloadError::NotAMap(not)) => {
                assert!(before == many.memory(), "{}", place());
                // What is said of these arguments is so.
                let called = alone.call("f", &arguments);
                let wanted = match not.reason {
                    Reason::Traps | Reason::Fuel { .. } | Reason::Endless => {
                        matches!(called, Err(KernelError::Trap(_)))
                    }
                    _ => true,
                };
                assert!(wanted, "{not}, {called:?}, {}", place());
                let name = format!("{:?}", not.reason);
                name.split([' ', '(']).next().unwrap_or_default().to_owned()
            }
            Err(error) => panic!("{error}, {}", place()),
        };
        *counts.entry(name).or_default() += 1;
    }
}

#[test]
fn random_loops() {
    let seeds = match std::env::var("OFFLOAD") {
        Ok(range) => {
            let (from, to) = range.split_once("..").unwrap();
            from.parse().unwrap()..to.parse().unwrap()
        }
        Err(_) => SHORT,
    };
    for device in DEVICES {
        let mut counts = Counts::new();
        for seed in seeds.clone() {
            try_one(*device, seed, &mut counts);
        }
        let tried = u32::try_from(3 * (seeds.end - seeds.start)).unwrap();
        println!("{device}: {tried} calls of random loops: {counts:?}");
        if tried >= 300 {
            for (name, least) in [
                ("taken", tried / 10),
                ("Overlap", tried / 50),
                ("Carried", tried / 50),
                ("OutOfBounds", tried / 200),
            ] {
                let found = counts.get(name).copied().unwrap_or(0);
                assert!(found >= least, "{device}: {found} {name}, not {least}");
            }
        }
    }
}
