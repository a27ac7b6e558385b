//! Random loops near the edges of memory and of numbers, on every device: the CPU runs
//! them as they are.
//!
//! More of them, from a seed to another:
//!
//! ```sh
//! LOOPS=1000..50000 cargo test --workspace --test gpu loops::random -- --nocapture
//! ```

use std::ops::Range;
use std::sync::Arc;

use tensor_wasm_runtime::gpu::{Kernels, Options};

use crate::{DEVICES, OnDevice, wasm};

/// Seeds of the short run.
const SHORT: Range<u64> = 0..400;

/// Heads of loops that a call may enter: a loop that goes round for ever ends too.
const FUEL: u64 = 300;

/// Calls of each function.
const CALLS: usize = 8;

struct Random(fastrand::Rng);

impl Random {
    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.0.usize(0..of.len())]
    }

    /// A number near an edge: of addresses, of memory, of those with a sign.
    fn edge(&mut self) -> i32 {
        let edge = [0, 0, 64, 65_536, 65_536, i32::MIN, i32::MAX, -1];
        let near = self.0.i32(-40..=40);
        let near = if self.0.bool() { near & !3 } else { near };
        edge[self.0.usize(0..edge.len())].wrapping_add(near)
    }

    fn step(&mut self) -> i32 {
        let steps = [
            1,
            1,
            4,
            4,
            4,
            8,
            -1,
            -4,
            -8,
            2,
            3,
            12,
            -12,
            0,
            1 << 16,
            i32::MIN,
            1 << 30,
        ];
        steps[self.0.usize(0..steps.len())]
    }

    fn address(&mut self) -> String {
        let counter = self.one(&["$i", "$p", "$p", "$q"]);
        match self.0.u8(0..10) {
            0 => format!(
                "(i32.shl (local.get {counter}) (i32.const {}))",
                self.0.u8(0..5)
            ),
            1 => format!(
                "(i32.add (local.get $a) (i32.mul (local.get $i) (i32.const {})))",
                self.step()
            ),
            2 => format!("(i32.add (local.get {counter}) (i32.shl (local.get $i) (i32.const 2)))"),
            3 => format!(
                "(i32.sub (local.get {counter}) (i32.const {}))",
                self.edge()
            ),
            4 => "(i32.add (local.get $p) (i32.mul (local.get $i) (local.get $s)))".to_owned(),
            5 => format!(
                "(i32.wrap_i64 (i64.add (i64.extend_i32_{} (local.get {counter})) (i64.const {})))",
                self.one(&["s", "u"]),
                self.0.i8(..)
            ),
            6 => "(local.get $a)".to_owned(),
            7 => format!("(i32.and (local.get {counter}) (i32.const -4))"),
            _ => format!("(local.get {counter})"),
        }
    }

    fn offset(&mut self) -> String {
        match self.0.u8(0..6) {
            0 => format!("offset={}", self.0.u8(0..16)),
            1 => format!("offset={}", 4 * self.0.u32(0..5)),
            2 if self.0.bool() => format!("offset={}", self.0.u32(65_400..65_600)),
            _ => String::new(),
        }
    }

    /// What is loaded is taken from: Cranelift does such a load by itself, and so the CPU
    /// knows the place of its trap.
    fn access(&mut self) -> String {
        let (offset, address) = (self.offset(), self.address());
        match self.0.u8(0..7) {
            0 | 1 => format!(
                "(local.set $v (i32.sub (i32.{} {offset} {address}) (local.get $v)))",
                self.one(&["load", "load", "load8_s", "load16_u"])
            ),
            2 => format!(
                "(local.set $w (i64.sub (i64.{} {offset} {address}) (local.get $w)))",
                self.one(&["load", "load32_u", "load8_u"])
            ),
            3 => format!("(i64.store {offset} {address} (i64.extend_i32_u (local.get $v)))"),
            4 => format!("(i32.store8 {offset} {address} (local.get $i))"),
            _ => format!("(i32.store {offset} {address} (local.get $i))"),
        }
    }

    fn body(&mut self) -> String {
        let count = self.0.usize(0..4);
        let mut body = String::new();
        for _ in 0..count {
            body += &match self.0.u8(0..12) {
                0 => format!(
                    "(if (i32.and (local.get $i) (i32.const 1)) (then {}) (else {}))",
                    self.access(),
                    self.access()
                ),
                1 => "(if (i32.gt_u (local.get $v) (i32.const 2000000000)) \
                      (then (return (local.get $v) (i32.const 1))))"
                    .to_owned(),
                2 => format!(
                    "(br_if $done (i32.eq (local.get $v) (i32.const 7))) {}",
                    self.access()
                ),
                3 if self.0.u8(0..4) == 0 => "(drop (memory.grow (i32.const 1)))".to_owned(),
                _ => self.access(),
            };
        }
        body
    }

    fn steps(&mut self) -> String {
        let mut steps = Vec::new();
        for counter in ["$i", "$p", "$q"] {
            steps.push(match self.0.u8(0..8) {
                0 => format!(
                    "(local.set {counter} (i32.sub (local.get {counter}) (i32.const {})))",
                    self.step()
                ),
                1 => {
                    format!("(local.set {counter} (i32.add (local.get {counter}) (local.get $s)))")
                }
                2 if counter == "$q" => String::new(),
                _ => format!(
                    "(local.set {counter} (i32.add (i32.const {}) (local.get {counter})))",
                    self.step()
                ),
            });
        }
        self.0.shuffle(&mut steps);
        steps.concat()
    }

    fn condition(&mut self) -> String {
        let counter = self.one(&["$i", "$i", "$p"]);
        let counter = match self.0.u8(0..5) {
            0 => format!(
                "(i32.add (local.get {counter}) (i32.const {}))",
                self.step()
            ),
            _ => format!("(local.get {counter})"),
        };
        if self.0.u8(0..8) == 0 {
            return counter;
        }
        let bound = match self.0.u8(0..3) {
            0 => format!("(i32.const {})", self.edge()),
            _ => "(local.get $n)".to_owned(),
        };
        let compare = self.one(&[
            "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u",
        ]);
        let (a, b) = if self.0.bool() {
            (counter, bound)
        } else {
            (bound, counter)
        };
        let compare = format!("(i32.{compare} {a} {b})");
        match self.0.u8(0..4) {
            0 => format!("(i32.eqz {compare})"),
            _ => compare,
        }
    }

    fn module(&mut self) -> String {
        let first = |random: &mut Random| match random.0.u8(0..4) {
            0 => format!("(i32.const {})", random.edge()),
            1 => "(local.get $b)".to_owned(),
            2 => "(i32.const 0)".to_owned(),
            _ => "(local.get $a)".to_owned(),
        };
        let (i, p, q) = (first(self), first(self), first(self));
        let (one, two, steps, condition) =
            (self.body(), self.body(), self.steps(), self.condition());
        let inside = match self.0.u8(0..3) {
            0 => format!("(br_if $done {condition}) {one} {steps} {two} (br $next)"),
            1 => format!("{one} (br_if $done {condition}) {two} {steps} (br $next)"),
            _ => format!("{one} {steps} {two} (br_if $next {condition})"),
        };
        let inside = format!("(block $done (loop $next {inside}))");
        // Alone, twice, in another loop, or before another one that goes on with what it
        // has left.
        let inside = match self.0.u8(0..5) {
            0 => format!("{inside} {inside}"),
            1 => format!(
                "(loop $again {inside}
                  (br_if $again (i32.lt_u
                    (local.tee $o (i32.add (local.get $o) (i32.const 1))) (i32.const 3))))"
            ),
            2 => format!(
                "{inside} (loop $next
                  (i32.store8 (local.get $p) (local.get $v))
                  (local.set $p (i32.add (local.get $p) (i32.const 1)))
                  (br_if $next (i32.lt_u (local.get $p) (local.get $n))))"
            ),
            _ => inside,
        };
        format!(
            r#"(module (memory 1 3)
              (func (export "f") (param $a i32) (param $b i32) (param $n i32) (param $s i32)
                (result i32 i32)
                (local $i i32) (local $p i32) (local $q i32) (local $v i32) (local $w i64)
                (local $o i32)
                (local.set $i {i}) (local.set $p {p}) (local.set $q {q})
                {inside}
                (i32.xor (local.get $v) (i32.wrap_i64 (local.get $w)))
                (i32.add (local.get $i) (i32.mul (local.get $p) (i32.const 3)))))"#
        )
    }
}

fn on_every_device(text: &str) -> Vec<OnDevice> {
    let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
    let made = |device: &tensor_wasm_runtime::gpu::DeviceChoice| {
        let options = Options {
            fuel: Some(FUEL),
            ..Options::default()
        };
        OnDevice(
            device
                .instantiate(Arc::clone(&kernels), options, 7)
                .unwrap(),
        )
    };
    DEVICES.iter().map(made).collect()
}

/// How many loops had a second version, and how many calls ended without a trap.
fn both(seed: u64) -> [usize; 2] {
    let mut random = Random(fastrand::Rng::with_seed(seed));
    let text = random.module();
    let versions = Kernels::new(&wasm(&text)).unwrap().ptx().stats.versions;
    let mut devices = on_every_device(&text);
    let mut went_well = 0;
    for call in 0..CALLS {
        let mut numbers = [0; 4].map(|_| random.edge());
        if random.0.bool() {
            // One that is worth more than a few iterations, and may end.
            numbers[2] = numbers[0].wrapping_add(random.0.i32(0..400));
        }
        if random.0.bool() {
            numbers[3] = random.step();
        }
        let arguments = numbers.map(|number| u64::from(number.cast_unsigned()));
        let ends: Vec<_> = devices
            .iter_mut()
            .map(|device| device.call("f", &arguments))
            .collect();
        let memory: Vec<_> = devices.iter().map(|it| it.read(0, 65_536)).collect();
        for (end, bytes) in ends.iter().zip(&memory) {
            assert_eq!(
                *end, ends[0],
                "seed {seed}, call {call}, {numbers:?}: {text}"
            );
            let differ = bytes.iter().zip(&memory[0]).position(|(a, b)| a != b);
            assert_eq!(
                differ, None,
                "seed {seed}, call {call}, {numbers:?}: {text}"
            );
        }
        went_well += usize::from(ends[0].is_ok());
    }
    [versions, went_well]
}

#[test]
#[expect(clippy::print_stdout, reason = "what a long run has seen")]
fn loops_do_the_same_with_a_version_and_without() {
    let given = std::env::var("LOOPS").ok();
    let seeds = given.as_deref().map_or(SHORT, |given| {
        let (from, to) = given.split_once("..").expect("LOOPS=FROM..TO");
        from.parse().unwrap()..to.parse().unwrap()
    });
    let count = seeds.end - seeds.start;
    let [versions, went_well] = seeds
        .map(both)
        .fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
    println!("{count} loops, {versions} with a second version, {went_well} calls without a trap");
    assert!(
        versions * 10 > usize::try_from(count).unwrap(),
        "{versions}"
    );
    assert!(
        went_well * 10 > usize::try_from(count).unwrap(),
        "{went_well}"
    );
}
