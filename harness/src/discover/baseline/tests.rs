use super::*;

/// The seeds' own file, with every metric they track.
const SHORT: &str = r#"{
  "metrics": [
    {"name": "cold_start/capture/1048576", "median_ns": 25000000, "tolerance_pct": 30},
    {"name": "cold_start/capture/16777216", "median_ns": 400000000, "tolerance_pct": 30},
    {"name": "cold_start/restore/1048576", "median_ns": 2000000, "tolerance_pct": 30},
    {"name": "cold_start/restore/16777216", "median_ns": 30000000, "tolerance_pct": 30},
    {"name": "dispatch/serial/10", "median_ns": 3000000, "tolerance_pct": 40},
    {"name": "dispatch/concurrent_cap64/100", "median_ns": 9000000, "tolerance_pct": 100},
    {"name": "jit_compile/emit_text/matmul[16x16x16]", "median_ns": 60000, "tolerance_pct": 50},
    {"name": "jit_compile/cache/warm_hit", "median_ns": 900, "tolerance_pct": 50},
    {"name": "tenant_registry/lookup/16", "median_ns": 150, "tolerance_pct": 50, "regression_check": false}
  ],
  "policy": {"regress_pct_threshold": 10, "note": "set by hand"}
}
"#;

const FULL: &str = r#"{
  "schema": 1,
  "origin": {
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "wasmtime": "47.0.4",
    "date": "2026-11-21",
    "fingerprint": {"cpu": "a", "cores": 2}
  },
  "policy": {"regress_pct_threshold": 10},
  "metrics": [
    {"name": "operation/dispatch/cranelift", "median_ns": 1.5, "tolerance_pct": 30, "samples": 31, "spread_pct": 1.2,
     "tail": [{"quantile": 0.999, "limit_ns": 10000000}]}
  ],
  "exact": [
    {"sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "counts": [
      {"metric": "fuel/fib/cranelift", "kind": "fuel", "value": 17},
      {"metric": "code-bytes/fib/cranelift", "kind": "code-bytes", "value": 4096}
    ]}
  ]
}
"#;

fn read(text: &str) -> Result<Baseline, InputError> {
    parse_baseline(Path::new("baseline.json"), text)
}

/// What is said of the full form with one thing changed, and at which line.
fn error(old: &str, new: &str) -> (usize, String) {
    assert!(FULL.contains(old), "{old}");
    let error = read(&FULL.replacen(old, new, 1)).unwrap_err();
    (error.location.map_or(0, |place| place.line), error.message)
}

#[test]
fn the_short_form_is_read_unchanged() {
    let baseline = read(SHORT).unwrap();
    assert_eq!(baseline.metrics.len(), 9);
    assert_eq!(
        baseline.metrics[6].name.as_str(),
        "jit_compile/emit_text/matmul[16x16x16]"
    );
    assert!((baseline.metrics[0].median_ns - 25e6).abs() < f64::EPSILON);
    assert!(baseline.metrics[0].regression_check);
    assert!(!baseline.metrics[8].regression_check);
    assert_eq!(baseline.policy.note.as_deref(), Some("set by hand"));
    assert_eq!((baseline.origin, baseline.exact), (None, vec![]));
}

#[test]
fn the_full_form_says_where_it_is_from() {
    let baseline = read(FULL).unwrap();
    assert_eq!(baseline.origin.unwrap().fingerprint.cores, 2);
    assert_eq!(baseline.exact.len(), 2);
    assert_eq!(baseline.exact[1].kind, ExactKind::CodeBytes);
    assert!((baseline.metrics[0].tail[0].quantile - 0.999).abs() < f64::EPSILON);
}

#[test]
fn another_version_is_not_read_whatever_else_it_says() {
    let found = error("\"schema\": 1,", "\"schema\": 7, \"novelty\": [],");
    assert_eq!(found, (2, "schema 7; this harness reads 1".to_owned()));
    let (line, message) = error("  \"schema\": 1,\n", "");
    assert_eq!(line, 2);
    assert!(message.contains("full form"), "{message}");
}

#[test]
fn what_cannot_be_is_said_with_its_line() {
    for (old, new, line, wanted) in [
        ("1.5", "0", 11, "above zero"),
        ("1.5", "-3", 11, "above zero"),
        ("1.5", "1e999", 11, "out of range"),
        ("1.5", "null", 11, "invalid type"),
        (
            "\"tolerance_pct\": 30",
            "\"tolerance_pct\": 1001",
            11,
            "0 to 1000",
        ),
        (
            "\"tolerance_pct\": 30",
            "\"tolerance_pct\": -1",
            11,
            "0 to 1000",
        ),
        ("\"samples\": 31", "\"samples\": 0", 11, "samples"),
        ("\"spread_pct\"", "\"spreads_pct\"", 11, "unknown field"),
        ("0.999", "0", 11, "quantile"),
        // However many latencies there are, none would be beyond it.
        ("0.999", "0.9995", 11, "at most 0.999"),
        (
            "operation/dispatch",
            "execute/dispatch",
            11,
            "measured of `operation/` alone",
        ),
        ("\"limit_ns\": 10000000", "\"limit_ns\": 0", 11, "limit_ns"),
        (
            "operation/dispatch/cranelift",
            " ",
            11,
            "no name of a metric",
        ),
        (
            "\"regress_pct_threshold\": 10",
            "\"regress_pct_threshold\": -1",
            9,
            "regress_pct",
        ),
        ("\"policy\"", "\"policies\"", 9, "unknown field"),
        (
            "code-bytes/fib/cranelift",
            "fuel/fib/cranelift",
            17,
            "a second metric",
        ),
        ("\"value\": 17", "\"value\": 1.5", 16, "invalid type"),
        (
            "\"kind\": \"fuel\"",
            "\"kind\": \"fuels\"",
            16,
            "unknown variant",
        ),
        (
            "0123456789abcdef\", \"c",
            "0123456789ABCDEF\", \"c",
            15,
            "hexadecimal",
        ),
        ("2026-11-21", "2026-13-21", 3, "a day"),
        ("0123456789abcdef01234567\"", "0\"", 3, "commit in full"),
        (
            "\"counts\": [",
            "\"counts\": 3, \"x\": [",
            15,
            "invalid type",
        ),
    ] {
        let (found, message) = error(old, new);
        assert!(message.contains(wanted), "{old}: {message}");
        assert_eq!(found, line, "{old}: {message}");
    }
}

#[test]
fn two_metrics_of_one_name_are_one_too_many() {
    let twice = SHORT.replace("dispatch/serial/10", "cold_start/capture/1048576");
    let error = read(&twice).unwrap_err();
    assert_eq!(
        error.message,
        "a second metric `cold_start/capture/1048576`"
    );
    assert_eq!(error.location.unwrap().line, 7);
}

#[test]
fn nothing_to_compare_is_an_error() {
    let empty = "{\"metrics\": [], \"policy\": {\"regress_pct_threshold\": 10}}";
    assert!(read(empty).unwrap_err().message.contains("has no metric"));
    for text in ["", "[]", "{}", "{\"metrics\": [1], \"policy\": 1}", "\u{0}"] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("baseline.json");
    assert!(
        read_baseline(&file)
            .unwrap_err()
            .message
            .contains("cannot be read")
    );
    std::fs::File::create(&file)
        .unwrap()
        .set_len(LARGEST + 1)
        .unwrap();
    assert!(read_baseline(&file).unwrap_err().message.contains("larger"));
    assert!(
        read_baseline(folder.path())
            .unwrap_err()
            .message
            .contains("no file")
    );
}

/// The blocks of `docs/baseline.md` in one language.
fn examples(language: &str) -> Vec<&'static str> {
    let page = include_str!("../../../../docs/baseline.md");
    let start = format!("```{language}\n");
    let blocks = page.split(start.as_str()).skip(1);
    blocks
        .filter_map(|block| Some(block.split_once("```")?.0))
        .collect()
}

#[test]
fn the_examples_in_the_documentation_are_read() {
    let json = examples("json");
    assert_eq!(json.len(), 3);
    assert_eq!(read(json[0]).unwrap().metrics.len(), 2);
    let full = read(json[1]).unwrap();
    assert_eq!((full.metrics.len(), full.exact.len()), (2, 2));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("run.json"), json[2]).unwrap();
    let runs = crate::discover::read_history(folder.path()).unwrap();
    assert_eq!(runs[0].wasmtime, full.origin.unwrap().wasmtime);
    let toml = examples("toml");
    assert_eq!(toml.len(), 1);
    let file = folder.path().join("explanations.toml");
    std::fs::write(&file, toml[0]).unwrap();
    let names: Vec<_> = full.metrics.into_iter().map(|metric| metric.name).collect();
    let explanations = crate::discover::read_explanations(&file, &names).unwrap();
    assert!(explanations[0].metric.matches(&names[0]));
}
