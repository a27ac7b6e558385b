//! A measuring worker and programs for it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;
use tensor_wasm_harness::execute::bench::protocol::{BenchReply, BenchRequest, Effort};
use tensor_wasm_harness::model::bench::{
    BenchProgram, ExactKind, Phase, ProcessTimings, Timing, Workload, WorkloadSize,
};

/// How long a reply may take. Far more than any does.
const PATIENCE: Duration = Duration::from_secs(60);

/// Short, for what is not about durations.
pub(crate) const BRIEF: Effort = Effort {
    warm_up_ms: 1,
    busy_ms: 5,
    batch_us: 200,
};

pub(crate) struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
    replies: Receiver<BenchReply>,
}

impl Worker {
    /// A worker that has greeted.
    pub(crate) fn start(engine: &str) -> Worker {
        let (worker, hello) = Worker::with(&["--engine", engine]);
        assert!(matches!(hello, BenchReply::Hello { .. }), "{hello:?}");
        worker
    }

    /// A worker and the first thing it says.
    pub(crate) fn with(arguments: &[&str]) -> (Worker, BenchReply) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tensor-wasm-worker"))
            .arg("--bench")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let reply = serde_json::from_str(&line.unwrap()).unwrap();
                if sender.send(reply).is_err() {
                    return;
                }
            }
        });
        let worker = Worker {
            stdin: child.stdin.take(),
            child,
            replies,
        };
        let hello = worker.reply();
        (worker, hello)
    }

    pub(crate) fn ask(&mut self, request: &BenchRequest) -> BenchReply {
        self.say(&serde_json::to_string(request).unwrap());
        self.reply()
    }

    pub(crate) fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    pub(crate) fn reply(&self) -> BenchReply {
        self.replies.recv_timeout(PATIENCE).unwrap()
    }

    pub(crate) fn load(&mut self, program: &BenchProgram) -> BenchReply {
        self.ask(&BenchRequest::Load {
            program: Box::new(program.clone()),
            size: WorkloadSize::Default,
        })
    }

    pub(crate) fn loaded(&mut self, program: &BenchProgram) {
        assert_eq!(self.load(program), BenchReply::Loaded);
    }

    pub(crate) fn time(&mut self, phase: Phase, effort: Effort) -> BenchReply {
        self.ask(&BenchRequest::Time { phase, effort })
    }

    pub(crate) fn timed(&mut self, phase: Phase, effort: Effort) -> ProcessTimings {
        match self.time(phase, effort) {
            BenchReply::Timed(timings) => timings,
            other => panic!("{phase}: {other:?}"),
        }
    }

    pub(crate) fn counted(&mut self) -> Vec<(ExactKind, u64)> {
        match self.ask(&BenchRequest::Count) {
            BenchReply::Counted(counts) => counts,
            other => panic!("{other:?}"),
        }
    }

    /// Closes its input, as a harness that goes away does, and waits.
    pub(crate) fn left_alone(mut self) {
        drop(self.stdin.take());
        for _ in 0..600 {
            if self.child.try_wait().unwrap().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it goes on without a harness");
    }

    /// Its exit code, after it was told to end or has refused.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn failed(reply: BenchReply) -> String {
    match reply {
        BenchReply::Failed(message) => message,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn quartile(timings: &ProcessTimings, of: fn(&Timing) -> f64) -> f64 {
    let mut values: Vec<f64> = timings.timings.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 4]
}

/// A folder with a program in it.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A program from text, with an input that is expected to be answered with
    /// `stdout`.
    pub(crate) fn program(&self, name: &str, text: &str, stdout: Option<&str>) -> BenchProgram {
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        let mut module = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap();
        let wasm = self.write(&format!("{name}.wasm"), module.encode().unwrap());
        let stdout = stdout.map(|text| self.write(&format!("{name}.stdout.expected"), text));
        BenchProgram {
            name: name.to_owned(),
            wasm,
            sha256: String::new(),
            folder: self.path().to_owned(),
            workloads: vec![Workload {
                size: WorkloadSize::Default,
                environment: Vec::new(),
                stdout,
                stderr: None,
            }],
            phases: Phase::ALL.to_vec(),
        }
    }
}

/// A program whose `_start` is `body`, with what it needs around it.
pub(crate) fn text(body: &str) -> String {
    format!(
        r#"(module
          (import "bench" "start" (func $start))
          (import "bench" "end" (func $end))
          (import "wasi_snapshot_preview1" "fd_write"
            (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\10\00\00\00\06\00\00\00")
          (data (i32.const 16) "hello\n")
          (func $hello (drop (call $fd_write
            (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
          (func $work (param $n i32) (local $x i32)
            (loop $again
              (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (local.get $n)))
              (i32.store offset=4096 (i32.and (local.get $x) (i32.const 0x7ff0)) (local.get $x))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "_start") {body}))"#
    )
}
