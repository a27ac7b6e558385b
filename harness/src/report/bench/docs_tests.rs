//! The examples of `docs/bench-reports.md` are what the reports say.

use super::{Look, document, example, markdown, read_samples, text};
use crate::model::Exit;
use crate::report::Repro;

const DOCS: &str = include_str!("../../../../docs/bench-reports.md");

/// The blocks of code in a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let start = format!("\n````{language}\n");
    let blocks = DOCS.split(&start).skip(1);
    let blocks = blocks.map(|block| block.split_once("\n````").expect("an end").0);
    blocks.map(str::to_owned).collect()
}

fn repro() -> Repro {
    Repro("cargo xtask bench --compare baseline".to_owned())
}

#[test]
fn the_terminal() {
    let look = Look {
        width: Some(80),
        ascii: false,
        colour: false,
        all: false,
    };
    let shown = text(&example::small(), Exit::Unexpected, &repro(), &look);
    assert_eq!(blocks("text").join("and"), shown);
}

#[test]
fn the_document() {
    let shown = document(&example::small(), Exit::Unexpected, &repro());
    let shown = format!("{shown:#}");
    assert_eq!(blocks("json").join("and"), shown);
}

#[test]
fn the_markdown() {
    let shown = markdown(&example::small(), Exit::Unexpected, &repro());
    let shown = shown.trim_end().to_owned();
    assert_eq!(blocks("markdown").join("and"), shown);
}

#[test]
fn the_samples() {
    let [written] = &blocks("jsonl")[..] else {
        panic!("one block");
    };
    let version = format!("\"harness\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let written = &written.replacen("\"harness\":\"0.1.0\"", &version, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.jsonl");
    std::fs::write(&path, format!("{written}\n")).unwrap();
    let samples = read_samples(&path).unwrap();
    assert_eq!(samples.warnings, [""; 0]);
    assert_eq!(samples.paired().len(), 1);

    // Written again, they are the same to the byte.
    let again = folder.path().join("again.jsonl");
    let mut writer = super::SamplesWriter::create(&again, &samples.header).unwrap();
    for process in &samples.processes {
        writer.process(process).unwrap();
    }
    for (arm, reading) in &samples.counts {
        writer.count(*arm, reading).unwrap();
    }
    for (metric, ns) in &samples.latencies {
        writer.latencies(metric, ns).unwrap();
    }
    writer.finish(&samples.finished.unwrap()).unwrap();
    let again = std::fs::read_to_string(&again).unwrap();
    assert_eq!(again.trim_end(), written);
}
