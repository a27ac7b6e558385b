//! Workers that are shell scripts: some misbehave, some put a real worker's
//! program in place of another.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::place::Place;

/// What a mock says of itself.
const HELLO: &str = r#"{"hello":{"bench_protocol":1,"engine":{"name":"tensor-wasm","version":"1.0.0","wasmtime":null,"capabilities":[]},"operations":[],"profile":"dev"}}"#;

/// What it says it measured: a millisecond.
pub(crate) const TIMES: &str = r#"{"timed":{"clock":"thread-cpu","batch":1,"timings":[{"wall_ns":1000000.0,"cpu_ns":1000000.0}]}}"#;

/// What a mock does.
pub(crate) struct Mock<'a> {
    /// Where it lies: two of a test have two names.
    pub(crate) name: &'a str,
    /// Instead of the greeting.
    pub(crate) greeting: String,
    /// When it is asked for a time.
    pub(crate) when_timed: &'a str,
    /// Instead of an answer when it is asked for the time of an operation.
    pub(crate) when_operated: &'a str,
    /// When it is to count, whichever of its processes.
    pub(crate) when_counted: &'a str,
    /// The first of its processes that does something else when it is timed.
    pub(crate) from: u32,
}

impl Default for Mock<'_> {
    fn default() -> Self {
        Mock {
            name: "mock",
            greeting: HELLO.to_owned(),
            when_timed: "",
            when_operated: "exit 0",
            when_counted: "",
            from: 1,
        }
    }
}

impl Place {
    /// A worker that speaks the protocol and measures nothing.
    pub(crate) fn mock(&self, mock: &Mock<'_>) -> PathBuf {
        let Mock {
            name,
            greeting,
            when_timed,
            when_operated,
            when_counted,
            from,
        } = mock;
        let count = self.path(&format!("{name}-processes"));
        // A worker that was used before is another one now.
        let _ = std::fs::remove_file(&count);
        let count = count.display();
        self.script(
            name,
            &format!(
                r#"echo process >> '{count}'
process=$(wc -l < '{count}')
echo '{greeting}'
asked=0
while read -r line; do
  case "$line" in
  '{{"load"'*) program=$line; echo '"loaded"' ;;
  '{{"time"'*|'{{"again"'*)
    asked=$((asked + 1))
    [ "$process" -lt {from} ] || {{ :; {when_timed} }}
    echo '{TIMES}' ;;
  '{{"operation"'*) {when_operated} ;;
  '"count"') {when_counted} echo '{{"unsupported":"counting"}}' ;;
  *) exit 0 ;;
  esac
done"#
            ),
        )
    }

    /// The real worker, which runs `program` wherever it is asked to run `spin`.
    pub(crate) fn swapped(&self, program: &Path) -> PathBuf {
        let fifo = self.path("fifos");
        std::fs::create_dir_all(&fifo).unwrap();
        self.script(
            "swapped",
            // The script becomes the worker, so that it is pinned to its core.
            &format!(
                "exec 3<&0\nmkfifo '{fifo}'/$$\n\
                 sed -u 's#[^\"]*/spin/benchmark.wasm#{program}#' <&3 >'{fifo}'/$$ &\n\
                 exec '{worker}' \"$@\" <'{fifo}'/$$ 3<&-",
                fifo = fifo.display(),
                program = program.display(),
                worker = env!("CARGO_BIN_EXE_tensor-wasm-worker"),
            ),
        )
    }

    /// A shell script. Another process writes it: a process that a test beside
    /// this one starts would hold it open, and nobody could run it then.
    fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.path(name);
        let mut child = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin
            .write_all(format!("#!/bin/sh\n{body}\n").as_bytes())
            .unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success());
        path
    }
}
