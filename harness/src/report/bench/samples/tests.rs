use std::path::{Path, PathBuf};

use super::*;
use crate::model::bench::{Clock, ExactKind, Timing};

fn header() -> SamplesHeader {
    SamplesHeader {
        fingerprint: Fingerprint {
            cpu: "Imaginary 3000".to_owned(),
            cores: 2,
            ..Fingerprint::default()
        },
        conditions: Conditions {
            load: [0.5, 0.0],
            others: Some(0.25),
            steal: Some(0.01),
            counters: false,
        },
        baseline: Some(ArmInfo {
            label: "baseline".to_owned(),
            commit: Some("ab".repeat(20)),
            wasmtime: Some("46.0.1".to_owned()),
        }),
        current: ArmInfo {
            label: "worktree".to_owned(),
            commit: None,
            wasmtime: Some("47.0.4".to_owned()),
        },
        seed: u64::MAX,
        started: "2026-11-21T12:00:00Z".to_owned(),
    }
}

fn metric(name: &str) -> MetricName {
    MetricName::new(name).unwrap()
}

fn sampled(round: u32, arm: Arm) -> Sampled {
    Sampled {
        metric: metric("execute/fib/cranelift"),
        stage: 1,
        planned: 3,
        round,
        arm,
        first: Arm::Current,
        timings: ProcessTimings {
            slices: Vec::new(),
            at_once: false,
            clock: Clock::ThreadCpu,
            batch: 64,
            // Sums that have no short decimal form.
            timings: vec![
                Timing {
                    wall_ns: 0.1 + 0.2,
                    cpu_ns: 1e9 / 3.0,
                },
                Timing {
                    wall_ns: 3.0,
                    cpu_ns: 0.0,
                },
            ],
        },
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("samples.jsonl")
    }

    /// A file with a round and a half, and what else there can be.
    fn full(&self) -> PathBuf {
        let mut writer = SamplesWriter::create(&self.path(), &header()).unwrap();
        writer.process(&sampled(0, Arm::Current)).unwrap();
        writer.process(&sampled(0, Arm::Baseline)).unwrap();
        writer.process(&sampled(1, Arm::Current)).unwrap();
        writer.count(Arm::Current, &reading()).unwrap();
        let spawn = metric("operation/spawn/cranelift");
        writer.latencies(&spawn, &[1, 2, u64::MAX]).unwrap();
        let conditions = Conditions::default();
        writer.finish(&conditions).unwrap();
        self.path()
    }

    /// What is wrong with the full file once it has been changed.
    fn changed(&self, change: impl Fn(&str) -> String) -> Result<Samples, String> {
        let path = self.full();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(&text)).unwrap();
        let read = read_samples(&path);
        read.map_err(|error| {
            let error = error.to_string();
            let start = format!("{}:", path.display());
            error.strip_prefix(&start).expect("the file").to_owned()
        })
    }
}

fn reading() -> ExactReading {
    ExactReading {
        metric: metric("fuel/fib/cranelift"),
        kind: ExactKind::Fuel,
        value: 123,
        sha256: "00".repeat(32),
    }
}

#[test]
fn what_was_written_is_read_to_the_last_bit() {
    let folder = Folder::new();
    let samples = read_samples(&folder.full()).unwrap();
    assert_eq!(samples.header, header());
    assert_eq!(samples.finished, Some(Conditions::default()));
    assert_eq!(
        samples.processes,
        [
            sampled(0, Arm::Current),
            sampled(0, Arm::Baseline),
            sampled(1, Arm::Current)
        ]
    );
    assert_eq!(samples.counts, [(Arm::Current, reading())]);
    assert_eq!(samples.latencies[0].1, [1, 2, u64::MAX]);
    assert_eq!(
        samples.warnings,
        [
            "line 4: round 1 of execute/fib/cranelift in stage 1 has one process only and is left out"
        ]
    );
}

#[test]
fn only_whole_rounds_are_paired() {
    let samples = read_samples(&Folder::new().full()).unwrap();
    let paired = samples.paired();
    assert_eq!(paired.len(), 1);
    assert_eq!((paired[0].stage, paired[0].planned), (1, 3));
    let [round] = &paired[0].rounds[..] else {
        panic!("{paired:?}");
    };
    let halves = Sampled::of_round(&paired[0].metric, 1, 3, round);
    assert_eq!(
        halves,
        [sampled(0, Arm::Current), sampled(0, Arm::Baseline)]
    );
}

#[test]
fn a_run_that_was_stopped_keeps_its_whole_lines() {
    let folder = Folder::new();
    let lines = |text: &str, count: usize| {
        let lines: Vec<_> = text.lines().take(count).collect();
        lines.join("\n")
    };
    // Line 3 without its end.
    let samples = folder.changed(|text| lines(text, 3)).unwrap();
    assert_eq!(samples.processes, [sampled(0, Arm::Current)]);
    assert_eq!(samples.finished, None);
    assert_eq!(
        samples.warnings,
        ["line 3 was cut short and is left out"],
        "the baseline has no process at all, so that no round lacks one"
    );
    let cut = folder.changed(|text| text[..20].to_owned());
    assert_eq!(cut.unwrap_err(), "1: the first line was cut short");
}

#[test]
fn errors_name_the_line() {
    let folder = Folder::new();
    let wrong = |change: &dyn Fn(&str) -> String| folder.changed(change).unwrap_err();
    let replace = |from: &'static str, to: &'static str| {
        wrong(&move |text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        })
    };
    assert_eq!(
        wrong(&|_| String::new()),
        "1: it is empty; the first line must be of type `run`"
    );
    assert_eq!(
        replace("\"schema\":1", "\"schema\":7"),
        "1: schema 7; this harness reads 1"
    );
    assert_eq!(
        replace("\"schema\":1,", ""),
        "1: no `schema`; this harness reads 1"
    );
    assert_eq!(
        replace("\"batch\":64", "\"batch\":0"),
        "2: `batch` is 0; it counts iterations, from 1"
    );
    assert_eq!(
        replace("\"stage\":1", "\"stage\":3"),
        "2: `stage` is 3, not 0, 1 or 2"
    );
    assert_eq!(
        replace("\"round\":0", "\"round\":3"),
        "2: round 3 of 3 planned ones; rounds count from 0"
    );
    assert_eq!(
        replace("[3.0,0.0]", "[3.0,-1.0]"),
        "2: timing 1 is [3.0, -1.0]; nanoseconds, not below 0, were expected"
    );
    assert!(replace("\"batch\":64", "\"bitch\":64").contains("unknown field `bitch`"));
    assert!(replace("execute/fib", " execute/fib").contains("is no name of a metric"));
    let swap = |from: &'static str, to: &'static str| {
        // The last process's line, so that it contradicts those before.
        wrong(&move |text| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            assert!(lines[3].contains(from), "{from}");
            lines[3] = lines[3].replacen(from, to, 1);
            lines.join("\n") + "\n"
        })
    };
    assert_eq!(
        swap("\"round\":1", "\"round\":0"),
        "4: the same process as line 2"
    );
    assert_eq!(
        swap("\"planned\":3", "\"planned\":4"),
        "4: `planned` is 4, and was 3 before: the rounds of a stage are fixed before it begins"
    );
    assert_eq!(
        swap("thread-cpu", "wall"),
        "4: another `clock` than this arm's lines before"
    );
    assert_eq!(
        swap(
            "\"round\":1,\"arm\":\"current\",\"first\":\"current\"",
            "\"round\":0,\"arm\":\"current\",\"first\":\"baseline\""
        ),
        "4: the other process of this round says that another was first"
    );
    assert_eq!(
        wrong(&|text| format!("{text}{{\"type\":\"finished\"}}\n")),
        "8: missing field `conditions`"
    );
    assert_eq!(
        wrong(&|text| {
            let last = text.lines().last().unwrap();
            format!("{text}{last}\n")
        }),
        "8: a line after the one of type `finished`"
    );
    assert_eq!(
        wrong(&|text| {
            let (first, rest) = text.split_once('\n').unwrap();
            format!("{first}\n{first}\n{rest}")
        }),
        "2: a second line of type `run`"
    );
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let folder = Folder::new();
    let long = folder.changed(|text| {
        let (first, _) = text.split_once('\n').unwrap();
        format!("{first}\n{}", "x".repeat(LONGEST_LINE as usize + 5))
    });
    assert_eq!(
        long.unwrap_err(),
        format!("2: longer than {LONGEST_LINE} bytes")
    );
}

#[test]
fn a_file_that_cannot_be_made_is_named() {
    let error = SamplesWriter::create(Path::new("nowhere/at/all.jsonl"), &header());
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("nowhere/at/all.jsonl: "), "{error}");
}

/// `/dev/full` answers every write as a disk without room does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_says_so_and_ends_the_file() {
    let folder = Folder::new();
    let mut writer = SamplesWriter::create(&folder.path(), &header()).unwrap();
    writer.process(&sampled(0, Arm::Current)).unwrap();
    let kept = std::fs::read(folder.path()).unwrap();

    let device = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let disk = std::mem::replace(&mut writer.file, device.unwrap());
    let error = writer.process(&sampled(0, Arm::Baseline)).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with(&folder.path().display().to_string()) && error.contains("No space left"),
        "{error}"
    );

    // Room again: a line after the gap would be one that nobody can place.
    writer.file = disk;
    let error = writer.process(&sampled(1, Arm::Current)).unwrap_err();
    assert!(error.to_string().contains("an earlier line"), "{error}");
    assert_eq!(std::fs::read(folder.path()).unwrap(), kept);
    assert_eq!(read_samples(&folder.path()).unwrap().processes.len(), 1);
}
