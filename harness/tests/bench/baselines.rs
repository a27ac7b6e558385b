//! What is stored: the truth passes, and what is doctored does not.

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{
    Baseline, BaselineMetric, BenchVerdict, ExactReading, Rule, Tail,
};

use crate::place::{EXECUTE, FUEL, Place, name};

/// The metrics of one program, which are enough for most of this.
const ONLY: &[&str] = &["*/spin/*"];

fn exact<'b>(baseline: &'b mut Baseline, metric: &str) -> &'b mut ExactReading {
    let mut exact = baseline.exact.iter_mut();
    exact.find(|exact| exact.metric.as_str() == metric).unwrap()
}

fn stored<'b>(baseline: &'b mut Baseline, metric: &str) -> &'b mut BaselineMetric {
    let mut metrics = baseline.metrics.iter_mut();
    metrics
        .find(|stored| stored.name.as_str() == metric)
        .unwrap()
}

#[test]
fn the_truth_passes() {
    let place = Place::new();
    place.baseline(|_| {});
    let done = place.against_stored(&[]);
    done.ends(Exit::Expected);
    let report = done.report();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.warnings, [""; 0]);
    let of_program = |rule: Rule, program: &str| {
        let judged = report.judged.iter();
        judged
            .filter(|judged| judged.rule == rule && judged.metric.as_str().contains(program))
            .count()
    };
    for program in ["/noop/", "/fib/", "/spin/"] {
        assert_eq!(of_program(Rule::Stored, program), 4, "{program}");
        assert!(of_program(Rule::Exact, program) >= 3, "{program}");
    }
    assert!(of_program(Rule::Stored, "operation/") > 0);
    let mut mute = report.judged.iter().filter(|judged| !judged.gating);
    let marks = mute.next().unwrap();
    assert!(
        marks.metric.as_str().starts_with("execute/noop/"),
        "{marks:?}"
    );
    assert_eq!(mute.next(), None);
}

#[test]
fn one_count_more_than_the_baseline_has_fails() {
    let place = Place::new();
    place.baseline(|baseline| exact(baseline, FUEL).value -= 1);
    let done = place.against_stored(ONLY);
    done.ends(Exit::Unexpected);
    let verdict = done.judged(Rule::Exact, FUEL).verdict;
    assert_eq!(verdict, BenchVerdict::Regressed);
}

#[test]
fn one_count_less_is_an_improvement() {
    let place = Place::new();
    place.baseline(|baseline| exact(baseline, FUEL).value += 1);
    let done = place.against_stored(ONLY);
    done.ends(Exit::Expected);
    let verdict = done.judged(Rule::Exact, FUEL).verdict;
    assert_eq!(verdict, BenchVerdict::Improved);
}

#[test]
fn a_count_of_another_program_is_no_comparison() {
    let place = Place::new();
    place.baseline(|baseline| exact(baseline, FUEL).sha256 = "0".repeat(64));
    let done = place.against_stored(ONLY);
    done.ends(Exit::CouldNotRun)
        .says(&[FUEL, "the program changed"]);
}

#[test]
fn far_beyond_a_stored_median_fails() {
    let place = Place::new();
    place.baseline(|baseline| stored(baseline, EXECUTE).median_ns /= 1000.0);
    let done = place.against_stored(ONLY);
    done.ends(Exit::Unexpected);
    let judged = done.judged(Rule::Stored, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Regressed);
    assert!(judged.gating);
}

/// Four times as slow as it was, where 10 % may go unexplained and 1000 % may
/// be explained.
fn slower_within_tolerance(baseline: &mut Baseline) {
    baseline.policy.regress_pct_threshold = 10.0;
    // Those of the others are not what this is about.
    baseline
        .metrics
        .retain(|metric| metric.name.as_str() == EXECUTE);
    let metric = stored(baseline, EXECUTE);
    metric.median_ns /= 4.0;
    metric.tolerance_pct = 1000.0;
}

fn explain(place: &Place, up_to_pct: u32) {
    let text = format!(
        "version = 1\n[[explain]]\nmetric = \"execute/spin/*\"\ncommit = \"0123abc\"\n\
         up_to_pct = {up_to_pct}\nreason = \"a new check\"\n"
    );
    place.write("bench-results/explanations.toml", text);
}

#[test]
fn what_is_within_its_tolerance_must_be_explained() {
    let place = Place::new();
    place.baseline(slower_within_tolerance);
    let done = place.against_stored(&[EXECUTE]);
    done.ends(Exit::Unexpected);
    let judged = done.judged(Rule::Stored, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Record);

    explain(&place, 1000);
    let done = place.against_stored(&[EXECUTE]);
    done.ends(Exit::Expected);
    let judged = done.judged(Rule::Stored, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Recorded);
    let explanation = judged.explanation.as_ref().unwrap();
    assert_eq!(explanation.reason, "a new check");

    explain(&place, 20);
    let done = place.against_stored(&[EXECUTE]);
    done.ends(Exit::Unexpected).says(&["covers only 20 %"]);
    let judged = done.judged(Rule::Stored, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Record);
}

#[test]
fn an_explanation_of_nothing_is_an_error_with_its_place() {
    let place = Place::new();
    place.baseline(|_| {});
    place.write(
        "bench-results/explanations.toml",
        "version = 1\n[[explain]]\nmetric = \"execute/gone/*\"\ncommit = \"0123abc\"\n\
         up_to_pct = 5\nreason = \"r\"\n",
    );
    place
        .against_stored(&[EXECUTE])
        .ends(Exit::CouldNotRun)
        .says(&["explanations.toml:3:", "execute/gone/*"]);
}

#[test]
fn on_another_machine_stored_medians_are_advice_and_counts_are_not() {
    let place = Place::new();
    let foreign = |baseline: &mut Baseline| {
        baseline.origin.as_mut().unwrap().fingerprint.cpu = "another".to_owned();
        stored(baseline, EXECUTE).median_ns /= 1000.0;
    };
    place.baseline(foreign);
    let done = place.against_stored(ONLY);
    done.ends(Exit::Expected);
    let judged = done.judged(Rule::Stored, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Regressed);
    assert!(!judged.gating);
    let remark = judged.remark.as_deref().unwrap();
    assert!(remark.contains("another"), "{remark}");

    place.baseline(|baseline| {
        foreign(baseline);
        exact(baseline, FUEL).value -= 1;
    });
    place.against_stored(ONLY).ends(Exit::Unexpected);
}

#[test]
fn a_metric_that_is_not_there_any_more_is_no_pass() {
    let place = Place::new();
    let gone = "execute/gone/cranelift";
    place.baseline(|baseline| {
        let renamed = BaselineMetric {
            name: name(gone),
            ..stored(baseline, EXECUTE).clone()
        };
        baseline.metrics.push(renamed);
    });
    place
        .against_stored(&["*/spin/*", "*/gone/*"])
        .ends(Exit::CouldNotRun)
        .says(&[gone, "renamed"]);
    // What the filters leave out is not missed.
    place.against_stored(ONLY).ends(Exit::Expected);

    place.baseline(|baseline| exact(baseline, FUEL).metric = name("fuel/gone/cranelift"));
    place
        .against_stored(&["*/spin/*", "*/gone/*"])
        .ends(Exit::CouldNotRun)
        .says(&["fuel/gone/cranelift", "was not counted"]);
}

#[test]
fn a_malformed_baseline_is_named_with_the_place() {
    let place = Place::new();
    let metric = |median: &str| {
        format!("{{\"name\": \"{EXECUTE}\", \"median_ns\": {median}, \"tolerance_pct\": 30}}")
    };
    let file = |metrics: &str| {
        format!(
            "{{\n\"metrics\": [\n{metrics}\n],\n\"policy\": {{\"regress_pct_threshold\": 10}}}}"
        )
    };
    let twice = format!("{},\n{}", metric("5"), metric("6"));
    let cases = [
        (file(&metric("0")), "baseline.json:3:", "above zero"),
        (file(&twice), "baseline.json:4:", EXECUTE),
        (file("oops"), "baseline.json:3:", "expected"),
        (
            "{\n\"schema\": 7}".to_owned(),
            "baseline.json:2:",
            "schema 7",
        ),
        (String::new(), "baseline.json", "EOF"),
    ];
    for (text, at, says) in cases {
        let path = place.write("bench-results/baseline.json", &text);
        place
            .against_stored(ONLY)
            .ends(Exit::CouldNotRun)
            .says(&[at, says]);
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }
    std::fs::remove_file(place.path("bench-results/baseline.json")).unwrap();
    place
        .against_stored(ONLY)
        .ends(Exit::CouldNotRun)
        .says(&["baseline.json"]);
}

#[test]
fn a_limit_on_a_tail_is_kept_or_broken() {
    let place = Place::new();
    let operation = "operation/trap/cranelift";
    let limited = |limit_ns: f64| {
        place.baseline(|baseline| {
            stored(baseline, operation).tail = vec![Tail {
                quantile: 0.95,
                limit_ns,
            }];
        });
        place.against_stored(&[operation])
    };
    let done = limited(1.0);
    done.ends(Exit::Unexpected);
    let judged = done.judged(Rule::Tail, operation);
    assert_eq!(judged.verdict, BenchVerdict::Regressed);
    let done = limited(1e10);
    done.ends(Exit::Expected);
    let judged = done.judged(Rule::Tail, operation);
    assert_eq!(judged.verdict, BenchVerdict::Pass);
}
