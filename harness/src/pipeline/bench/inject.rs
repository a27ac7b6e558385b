//! Programs that differ by a known share, to try the gate out: in guest work,
//! in code or in data, and in nothing else.

use std::fmt::Write as _;
use std::path::Path;

use crate::discover;
use crate::model::InputError;
use crate::model::bench::{BenchProgram, Phase, Workload, WorkloadSize};
use crate::report;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Injected {
    /// Iterations of a loop: shows in the time and the fuel of executing.
    Work,
    /// Functions: show in the time of compiling and the bytes of code.
    Code,
    /// Bytes that are copied to the memory: show in the time of instantiating.
    Data,
}

/// Of the unchanged program; a hundredth of each is a whole number of parts.
const ITERATIONS: u32 = 400_000;
/// As many as make what a compilation does besides them small.
const FUNCTIONS: u32 = 200;
const DATA_BYTES: u32 = 1600 << 10;

/// The pages of the memory that data is copied to. The last of its bytes is set
/// as well: a memory this sparse is not mapped from an image but written.
const DATA_PAGES: u32 = 1024;

impl Injected {
    pub(super) const ALL: [Injected; 3] = [Injected::Work, Injected::Code, Injected::Data];

    pub(super) fn name(self) -> &'static str {
        match self {
            Injected::Work => "work",
            Injected::Code => "code",
            Injected::Data => "data",
        }
    }

    /// The phase it shows in.
    pub(super) fn phase(self) -> Phase {
        match self {
            Injected::Work => Phase::Execute,
            Injected::Code => Phase::Compile,
            Injected::Data => Phase::Instantiate,
        }
    }

    /// A program with `percent` more of it, written to `folder`.
    pub(super) fn program(self, percent: u32, folder: &Path) -> Result<BenchProgram, InputError> {
        let text = match self {
            Injected::Work => work(more(ITERATIONS, percent)),
            Injected::Code => code(more(FUNCTIONS, percent)),
            Injected::Data => data(more(DATA_BYTES, percent)),
        };
        let name = format!("injected-{}", self.name());
        let file = folder.join(format!("{name}-{percent}.wasm"));
        let wasm = discover::encode_text(&[(&file, &text)])?;
        report::atomically(&file, &wasm)
            .map_err(|error| InputError::file(&file, format!("cannot be written: {error}")))?;
        Ok(BenchProgram {
            name,
            wasm: std::path::absolute(&file).unwrap_or(file),
            sha256: discover::sha256(&wasm),
            folder: folder.to_owned(),
            workloads: vec![Workload {
                size: WorkloadSize::Default,
                environment: Vec::new(),
                stdout: None,
                stderr: None,
            }],
            phases: vec![self.phase()],
        })
    }
}

fn more(count: u32, percent: u32) -> u32 {
    count + count / 100 * percent
}

const MARKERS: &str =
    r#"(import "bench" "start" (func $start)) (import "bench" "end" (func $end))"#;

/// A pseudo-random walk over 64 KiB.
fn work(iterations: u32) -> String {
    format!(
        r#"(module {MARKERS} (memory (export "memory") 1)
  (func (export "_start") (local $left i32) (local $x i32) (local $at i32)
    call $start
    (local.set $left (i32.const {iterations}))
    (local.set $x (i32.const 2463534242))
    (loop $again
      (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
      (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
      (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
      (local.set $at (i32.and (local.get $x) (i32.const 0xfffc)))
      (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (local.get $x)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    call $end))"#
    )
}

/// Functions of one size that differ in their constants. They are not exported: an
/// export is compiled once more, for calls from the host.
fn code(functions: u32) -> String {
    let mut text = format!(r#"(module {MARKERS} (memory (export "memory") 1) "#);
    for number in 0..functions {
        let mut body = String::new();
        for step in 0..2_u32 {
            let constant = number.wrapping_mul(2_654_435_761).wrapping_add(step * 97) | 1;
            let place = (number * 8 + step * 4) & 0xfffc;
            let _ = write!(
                body,
                "(local.set $a (i32.add (i32.mul (local.get $a) (i32.const {})) \
                 (i32.load offset={place} (i32.and (local.get $b) (i32.const 0xff)))))",
                constant.cast_signed(),
            );
        }
        let _ = write!(
            text,
            "(func (param $a i32) (param $b i32) (result i32) {body} (local.get $a)) "
        );
    }
    text.push_str(r#"(func (export "_start") call $start call $end))"#);
    text
}

/// Bytes that are written when an instance is made.
fn data(bytes: u32) -> String {
    let mut text = format!(
        r#"(module {MARKERS} (memory (export "memory") {DATA_PAGES}) (data (i32.const {}) "\01")
  (func (export "_start") call $start call $end) (data (i32.const 0) ""#,
        DATA_PAGES * 65_536 - 1
    );
    for number in 0..bytes {
        let _ = write!(text, "\\{:02x}", number.wrapping_mul(167) % 255 + 1);
    }
    text.push_str("\"))");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_injected_is_the_share_that_was_asked_for() {
        assert_eq!(more(ITERATIONS, 0), ITERATIONS);
        assert_eq!(more(ITERATIONS, 5) * 100, ITERATIONS * 105);
        assert_eq!(more(FUNCTIONS, 1) * 100, FUNCTIONS * 101);
        assert_eq!(more(DATA_BYTES, 10) * 10, DATA_BYTES * 11);
    }

    #[test]
    fn injected_programs_are_valid_and_differ_in_what_they_say_they_do() {
        for injected in Injected::ALL {
            let folder = tempfile::tempdir().unwrap();
            let [plain, more] = [0, 10].map(|percent| {
                let program = injected.program(percent, folder.path()).unwrap();
                std::fs::read(program.wasm).unwrap()
            });
            for wasm in [&plain, &more] {
                wasmparser::validate(wasm).unwrap();
            }
            assert_ne!(plain, more, "{}", injected.name());
            let ratio = more.len() as f64 / plain.len() as f64;
            match injected {
                Injected::Work => assert_eq!(plain.len(), more.len()),
                Injected::Code | Injected::Data => {
                    assert!(
                        (1.08..1.12).contains(&ratio),
                        "{}: {ratio}",
                        injected.name()
                    );
                }
            }
        }
    }
}
