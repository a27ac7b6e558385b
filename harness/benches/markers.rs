//! What `bench.start` and `bench.end` cost: what they measure of nothing, how long both
//! take, and how many instructions where valgrind is installed.
//!
//!     cargo bench --profile dev --workspace --bench markers
//!
//! A guest's two calls come on top of that: the metric `execute/noop` has them too.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark's results"
)]

use std::process::{Command, ExitCode};
use std::time::Instant;

use tensor_wasm_harness::engine::bench::Markers;
use tensor_wasm_harness::model::bench::Clock;

/// Pairs that are timed.
const PAIRS: usize = 100_000;

/// Pairs whose instructions are counted: the difference is of nothing else.
const COUNTED: [u64; 2] = [1_000, 11_000];

/// Has this program set the marks so often, and do nothing else.
const MARK: &str = "MARK";

fn main() -> ExitCode {
    let pairs = std::env::var(MARK).ok().and_then(|text| text.parse().ok());
    if let Some(pairs) = pairs {
        return mark(pairs);
    }
    let markers = Markers::new(Clock::ThreadCpu);
    let mut of_nothing = [Vec::new(), Vec::new()];
    let started = Instant::now();
    for _ in 0..PAIRS {
        markers.start();
        markers.end();
        let marked = match markers.take() {
            Ok(marked) => marked,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        };
        of_nothing[0].push(marked.wall_ns);
        of_nothing[1].push(marked.cpu_ns);
    }
    let all = started.elapsed().as_nanos() / PAIRS as u128;
    let [wall, cpu] = of_nothing.map(|mut ns| {
        ns.sort_unstable();
        ns[PAIRS / 2]
    });
    println!("nothing between two marks: {wall} ns on the wall clock, {cpu} ns of CPU time");
    match instructions() {
        Some(count) => println!("both marks: {all} ns, {count} instructions outside of the kernel"),
        None => println!("both marks: {all} ns; without valgrind nobody counts instructions"),
    }
    ExitCode::SUCCESS
}

fn mark(pairs: u64) -> ExitCode {
    let markers = Markers::new(Clock::ThreadCpu);
    for _ in 0..pairs {
        markers.start();
        markers.end();
    }
    ExitCode::SUCCESS
}

/// Instructions of a pair, by callgrind.
fn instructions() -> Option<u64> {
    let [fewer, more] = COUNTED.map(|pairs| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .env(MARK, pairs.to_string())
            .output()
            .ok()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, collected) = said.split_once("Collected : ")?;
        collected.split_whitespace().next()?.parse::<u64>().ok()
    });
    let [few, many] = COUNTED;
    Some(more?.checked_sub(fewer?)? / (many - few))
}
