//! Kernels of many threads that ask where they are and share memory, in orders that
//! must not matter.
//!
//! A thread reads what nobody writes and what only it writes. What all may write is
//! written by atomic operations whose order does not matter, each with words of its own,
//! and nobody looks at what was there. Some kernels have two halves with a barrier between
//! them, behind which a thread reads what another of its block wrote. Some have workgroup
//! memory, with the same three parts: what nobody writes, what each thread alone does, and
//! what is changed in any order and read behind a barrier.

use std::fmt::Write as _;
use std::ops::Range;

use arbitrary::Unstructured;
use tensor_wasm_runtime::gpu::device::Grid;

use super::{Way, bytes, same, seeds};

/// Seeds of the short run.
const SHORT: Range<u64> = 0..100;

/// Bytes that nobody writes, from 0 on.
const CONSTANT: u32 = 1024;

/// Words of one atomic operation, in bytes.
const WORDS: u32 = 512;

/// Where each thread has 16 bytes of its own.
const OWN: u32 = 32_768;

/// Bytes of workgroup memory: 16 for each thread of a block, words for each of
/// [`COMMUTATIVE`], and what nobody writes.
const WORKGROUP: u32 = 1001;

/// Where words begin that are changed in any order, in workgroup memory.
const SHARED_WORDS: u32 = 256;

/// Bytes for each of the operations.
const SHARED_EACH: u32 = 64;

/// From where on nobody writes workgroup memory.
const SHARED_ZEROS: u32 = SHARED_WORDS + 5 * SHARED_EACH;

const POSITIONS: [&str; 5] = [
    "thread_id",
    "block_id",
    "block_dim",
    "grid_dim",
    "global_id",
];

const COMMUTATIVE: [&str; 5] = ["add", "sub", "and", "or", "xor"];

/// Types of what is changed, and the operation's name around [`COMMUTATIVE`].
const WIDTHS: [(&str, &str, &str); 7] = [
    ("i32", "rmw", ""),
    ("i64", "rmw", ""),
    ("i32", "rmw8", "_u"),
    ("i32", "rmw16", "_u"),
    ("i64", "rmw8", "_u"),
    ("i64", "rmw16", "_u"),
    ("i64", "rmw32", "_u"),
];

/// The smaller of two, as there is no such instruction.
const LEAST: &str = "(func $least (param $at i32) (param $value i32) (local $old i32)
    (local.set $old (i32.atomic.load $m (local.get $at)))
    (block $done (loop $again
      (br_if $done (i32.le_u (local.get $old) (local.get $value)))
      (br_if $done (i32.eq (local.get $old) (local.tee $old
        (i32.atomic.rmw.cmpxchg $m (local.get $at) (local.get $old) (local.get $value)))))
      (br $again))))";

/// Blocks of at most 16 threads, at most 6 of them.
pub(super) fn grid(seed: u64) -> Grid {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sizes = |most: [u32; 3]| most.map(|most| random.u32(1..=most));
    Grid {
        blocks: sizes([3, 2, 1]),
        threads: sizes([4, 2, 2]),
    }
}

/// The module that some bytes stand for; fewer bytes stand for a smaller one.
pub(super) fn text(bytes: &[u8]) -> String {
    let mut random = Random {
        bytes: Unstructured::new(bytes),
        has_workgroup: false,
    };
    random.has_workgroup = random.below(3) == 1;
    let mut text = "(module\n".to_owned();
    if random.has_workgroup {
        let _ = writeln!(
            text,
            "(import \"gpu\" \"workgroup\" (memory $w {WORKGROUP} {WORKGROUP} (pagesize 1)))"
        );
    }
    for position in POSITIONS {
        for axis in ["x", "y", "z"] {
            let name = format!("{position}_{axis}");
            let _ = writeln!(
                text,
                "(import \"gpu\" \"{name}\" (func ${name} (result i32)))"
            );
        }
    }
    let imports = text.len();
    let constant: String = (0..CONSTANT)
        .map(|at| format!("\\{:02x}", at.wrapping_mul(0x9e37_79b1) >> 24))
        .collect();
    let _ = writeln!(
        text,
        "(memory $m 1 1) (data (memory $m) (i32.const 0) \"{constant}\")"
    );
    text.push_str(LEAST);
    text.push_str(
        "(func (export \"run\") (param i32 i64) (result i32 i64)
           (local $own i32) (local $mine i32) (local $a i32) (local $b i64) (local $i i32)\n",
    );
    let linear = |what: &str, size: &str| {
        format!(
            "(i32.add (call ${what}_x) (i32.mul (call ${size}_x) (i32.add (call ${what}_y) \
             (i32.mul (call ${size}_y) (call ${what}_z)))))"
        )
    };
    let size = "(i32.mul (call $block_dim_x) (i32.mul (call $block_dim_y) (call $block_dim_z)))";
    let (block, thread) = (
        linear("block_id", "grid_dim"),
        linear("thread_id", "block_dim"),
    );
    let _ = writeln!(
        text,
        "(local.set $own (i32.shl (i32.add (i32.mul {block} {size}) {thread}) (i32.const 4)))"
    );
    let _ = writeln!(text, "(local.set $mine (i32.shl {thread} (i32.const 4)))");
    random.statements(&mut text, 2, 24);
    if random.below(3) == 1 {
        text.insert_str(imports, "(import \"gpu\" \"barrier\" (func $barrier))\n");
        // What the next thread of the block wrote; it writes again behind the second one.
        let next = format!("(i32.rem_u (i32.add {thread} (i32.const 1)) {size})");
        let _ = writeln!(
            text,
            "(call $barrier)
             (local.set $b (i64.load $m offset={OWN} (i32.shl
               (i32.add (i32.mul {block} {size}) {next}) (i32.const 4))))
             {}
             (call $barrier)",
            random.shared_words()
        );
        random.statements(&mut text, 1, 12);
    }
    let results = (random.word(3), random.long(3));
    let _ = write!(text, "{} {}))", results.0, results.1);
    text
}

/// Choices that bytes make; the first one where there are none left.
struct Random<'a> {
    bytes: Unstructured<'a>,
    has_workgroup: bool,
}

impl Random<'_> {
    fn below(&mut self, count: u32) -> u32 {
        self.bytes.int_in_range(0..=count - 1).unwrap_or(0)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let count = u32::try_from(of.len()).unwrap();
        of[self.below(count) as usize]
    }

    fn statements(&mut self, text: &mut String, depth: u32, most: u32) {
        for _ in 0..self.below(most + 1) {
            let statement = self.statement(depth);
            text.push_str(&statement);
            text.push('\n');
        }
    }

    fn statement(&mut self, depth: u32) -> String {
        match self.below(if depth > 0 { 8 } else { 6 }) {
            0 => format!("(local.set $a {})", self.word(3)),
            1 => format!("(local.set $b {})", self.long(3)),
            2 => {
                let (store, value) = match self.below(4) {
                    0 => ("i32.store", self.word(2)),
                    1 => ("i32.store16", self.word(2)),
                    2 => ("i64.store32", self.long(2)),
                    _ => ("i64.store", self.long(2)),
                };
                let offset = OWN + self.below(9);
                format!("({store} $m offset={offset} (local.get $own) {value})")
            }
            3 | 4 if self.has_workgroup && self.below(2) == 0 => self.in_workgroup(),
            3 | 4 => self.atomic(),
            5 => {
                let words = CONSTANT + 35 * WORDS;
                let at = self.word(1);
                let at = format!("(i32.and {at} (i32.const 0x1fc))");
                format!(
                    "(call $least (i32.add {at} (i32.const {words})) {})",
                    self.word(2)
                )
            }
            6 => {
                let mut text = format!("(if {} (then ", self.word(2));
                self.statements(&mut text, depth - 1, 5);
                text.push_str(") (else ");
                self.statements(&mut text, depth - 1, 5);
                text + "))"
            }
            // Loops in a loop would have one counter.
            _ => {
                let count = self.word(1);
                let mut text = format!(
                    "(local.set $i (i32.and {count} (i32.const 7))) (loop $next (if (local.get $i) \
                     (then (local.set $i (i32.sub (local.get $i) (i32.const 1)))\n"
                );
                self.statements(&mut text, 0, 5);
                text + "(br $next))))"
            }
        }
    }

    /// Something that is done to workgroup memory.
    fn in_workgroup(&mut self) -> String {
        match self.below(6) {
            0 => format!(
                "(i32.store $w offset={} (local.get $mine) {})",
                self.below(13),
                self.word(2)
            ),
            1 => format!(
                "(i64.store $w offset={} (local.get $mine) {})",
                self.below(9),
                self.long(2)
            ),
            2 => format!(
                "(memory.fill $w (local.get $mine) {} (i32.const {}))",
                self.word(1),
                self.below(17)
            ),
            3 => format!(
                "(memory.copy $m $w (i32.add (local.get $own) (i32.const {OWN})) \
                 (local.get $mine) (i32.const {}))",
                self.below(17)
            ),
            4 => format!(
                "(memory.copy $w $m (local.get $mine) (i32.and {} (i32.const 0x1ff)) \
                 (i32.const {}))",
                self.word(1),
                self.below(17)
            ),
            _ => {
                let operation = self.below(5);
                let name = COMMUTATIVE[operation as usize];
                let words = SHARED_WORDS + operation * SHARED_EACH;
                // Words of the first half, doublewords of the second.
                let (ty, words, value) = match self.below(2) {
                    0 => ("i32", words, self.word(2)),
                    _ => ("i64", words + SHARED_EACH / 2, self.long(2)),
                };
                format!(
                    "(drop ({ty}.atomic.rmw.{name} $w offset={words} \
                     (i32.and {} (i32.const 0x18)) {value}))",
                    self.word(1)
                )
            }
        }
    }

    /// Reads what was changed in any order.
    fn shared_words(&mut self) -> String {
        if !self.has_workgroup {
            return String::new();
        }
        let at = SHARED_WORDS + self.below(5) * SHARED_EACH;
        format!(
            "(local.set $a (i32.load $w offset={at} (i32.and {} (i32.const 0x3c))))",
            self.word(1)
        )
    }

    /// An operation on words that only it touches.
    fn atomic(&mut self) -> String {
        let (operation, width) = (self.below(5), self.below(7));
        let (ty, before, after) = WIDTHS[width as usize];
        let name = COMMUTATIVE[operation as usize];
        let value = match ty {
            "i32" => self.word(2),
            _ => self.long(2),
        };
        let words = CONSTANT + (operation * 7 + width) * WORDS;
        let at = self.word(1);
        format!(
            "(drop ({ty}.atomic.{before}.{name}{after} $m offset={words} \
             (i32.and {at} (i32.const 0x1f8)) {value}))"
        )
    }

    /// An i32.
    fn word(&mut self, depth: u32) -> String {
        if depth == 0 {
            return match self.below(5) {
                0 => {
                    let (position, axis) = (self.one(&POSITIONS), self.one(&["x", "y", "z"]));
                    format!("(call ${position}_{axis})")
                }
                1 => "(local.get $a)".to_owned(),
                2 => "(local.get 0)".to_owned(),
                3 => "(i32.shr_u (local.get $own) (i32.const 4))".to_owned(),
                _ => {
                    let value = self.one(&[0, 1, 3, 31, 255, 65_535, -1, i32::MIN, i32::MAX]);
                    format!("(i32.const {value})")
                }
            };
        }
        let depth = depth - 1;
        match self.below(12) {
            0..=4 => {
                let name = self.one(&[
                    "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "eq",
                    "lt_u", "lt_s", "ge_u",
                ]);
                format!("(i32.{name} {} {})", self.word(depth), self.word(depth))
            }
            5 => format!("(i32.wrap_i64 {})", self.long(depth)),
            6 => format!(
                "(i32.load $m (i32.and {} (i32.const 0x3fc)))",
                self.word(depth)
            ),
            7 if self.has_workgroup => {
                let offset = self.below(13);
                format!("(i32.load $w offset={offset} (local.get $mine))")
            }
            7 => format!("(i32.load8_s $m offset={} (local.get $own))", OWN + 5),
            8 => {
                let name = self.one(&["clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s"]);
                format!("(i32.{name} {})", self.word(depth))
            }
            9 => format!(
                "(i32.reinterpret_f32 (f32.{} (f32.convert_i32_u {}) (f32.convert_i32_s {})))",
                self.one(&["add", "sub", "mul", "div", "min", "max"]),
                self.word(depth),
                self.word(depth)
            ),
            10 => format!(
                "(select {} {} {})",
                self.word(depth),
                self.word(depth),
                self.word(depth)
            ),
            _ => self.trapping(depth),
        }
    }

    /// What some threads may trap at, and most do not.
    fn trapping(&mut self, depth: u32) -> String {
        let word = self.word(depth);
        match self.below(8) {
            0 => {
                let name = self.one(&["div_u", "div_s", "rem_u", "rem_s"]);
                format!("(i32.{name} {word} {})", self.word(depth))
            }
            // A fifth of what nobody writes lies beyond the end.
            1 if self.has_workgroup => {
                format!("(i32.load $w offset={SHARED_ZEROS} (i32.and {word} (i32.const 0x1ff)))")
            }
            1 => format!("(i32.load $m (i32.and {word} (i32.const 0x401ff)))"),
            _ => format!("(i32.rem_u {word} (i32.const 7))"),
        }
    }

    /// An i64.
    fn long(&mut self, depth: u32) -> String {
        if depth == 0 {
            return match self.below(3) {
                0 => "(local.get $b)".to_owned(),
                1 => "(local.get 1)".to_owned(),
                _ => format!("(i64.load $m offset={OWN} (local.get $own))"),
            };
        }
        let depth = depth - 1;
        match self.below(6) {
            0 | 1 => {
                let name = self.one(&["add", "sub", "mul", "and", "or", "xor", "shl", "rotr"]);
                format!("(i64.{name} {} {})", self.long(depth), self.long(depth))
            }
            2 => format!("(i64.extend_i32_u {})", self.word(depth)),
            3 => format!("(i64.extend_i32_s {})", self.word(depth)),
            4 => format!(
                "(i64.load $m (i32.and {} (i32.const 0x3f8)))",
                self.word(depth)
            ),
            _ => format!(
                "(i64.reinterpret_f64 (f64.{} (f64.convert_i64_s {}) (f64.convert_i32_u {})))",
                self.one(&["add", "sub", "mul", "div", "min", "max"]),
                self.long(depth),
                self.word(depth)
            ),
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "a long run says how much it did")]
fn oracle_random_threads_do_the_same_everywhere() {
    let (mut steps, mut atomics, mut asked, mut waits) = (0, 0, 0, 0);
    let mut in_workgroup = 0;
    let seeds = seeds(SHORT);
    for seed in seeds.clone() {
        let bytes = bytes(seed);
        let text = text(&bytes);
        atomics += text.matches("(drop (").count();
        asked += text.matches("(call $").count();
        waits += text.matches("(call $barrier)").count();
        in_workgroup += text.matches(" $w ").count();
        let wasm = crate::wasm(&text);
        steps += same(bytes, &wasm, seed, Way::Together);
    }
    println!(
        "{steps} launches on each device, {atomics} atomic operations, {waits} barriers, \
         {in_workgroup} accesses of workgroup memory"
    );
    // A test that runs hardly anything proves nothing.
    if seeds == SHORT {
        assert!(
            steps == 300 && atomics > 500 && asked > 100 * 16 && waits > 20 && in_workgroup > 200,
            "{steps}, {atomics}, {asked}, {waits}, {in_workgroup}"
        );
    }
}

/// An operation whose order matters makes devices differ.
#[test]
fn oracle_sees_what_depends_on_an_order() {
    let mut differ = 0;
    for seed in 0..40 {
        let text = text(&bytes(seed));
        let broken = text.replace(".rmw.sub $m", ".rmw.xchg $m");
        if text == broken {
            continue;
        }
        let found = super::difference(&crate::wasm(&broken), seed, Way::Together);
        differ += usize::from(found.is_err());
    }
    assert!(differ > 0, "an order was never seen");
}
