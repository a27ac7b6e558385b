//! JUnit XML: a test suite for each suite and variant, a test case for each
//! case, its directives in the message.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Repro, json};
use crate::model::{CaseVerdict, Summary};

/// The most problems one case lists.
const LISTED: usize = 20;

/// The document.
pub(super) fn document(summaries: &[Summary], complaints: &[String], repro: &Repro) -> String {
    let mut report = Report::new("conformance");
    for summary in summaries {
        for totals in &summary.suites {
            let mut suite = TestSuite::new(format!("{} [{}]", totals.name, summary.variant));
            let cases = summary.cases.iter();
            for case in cases.filter(|case| case.id.suite() == totals.name) {
                suite.add_test_case(test_case(case, summary, repro));
            }
            for (id, why) in &summary.skipped {
                if id.suite() == totals.name {
                    let mut status = TestCaseStatus::skipped();
                    status.set_message(why.to_string());
                    suite.add_test_case(TestCase::new(id.0.clone(), status));
                }
            }
            report.add_test_suite(suite);
        }
    }
    for absent in json::absent(summaries) {
        let mut suite = TestSuite::new(absent.suite.clone());
        let mut status = TestCaseStatus::skipped();
        status.set_message(absent.sentence());
        suite.add_test_case(TestCase::new(format!("{} (absent)", absent.suite), status));
        report.add_test_suite(suite);
    }
    let mut errors = complaints.to_vec();
    for summary in summaries {
        let stale = summary.stale.iter();
        errors.extend(stale.map(|entry| json::stale(&entry.place(), &entry.test)));
        let missed = summary.floors.iter().filter(|floor| !floor.is_met());
        errors.extend(missed.map(json::floor));
        if summary.interrupted {
            errors.push(format!("variant {} was interrupted", summary.variant));
        }
    }
    if !errors.is_empty() {
        let mut suite = TestSuite::new("harness");
        for error in errors {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_description(error.clone());
            suite.add_test_case(TestCase::new(error, status));
        }
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_else(|error| {
        // The report is made of strings only, so this is a defect to be seen.
        format!("<!-- the JUnit report could not be written: {error} -->\n")
    })
}

fn test_case(case: &CaseVerdict, summary: &Summary, repro: &Repro) -> TestCase {
    let mut test = TestCase::new(case.id.0.clone(), status(case, summary, repro));
    test.set_classname(format!("{}.{}", case.id.suite(), summary.variant));
    test.set_assertions(usize::try_from(case.counts.executed).unwrap_or(usize::MAX));
    test.set_time(std::time::Duration::from_micros(case.micros));
    test
}

fn status(case: &CaseVerdict, summary: &Summary, repro: &Repro) -> TestCaseStatus {
    if case.is_expected() {
        return TestCaseStatus::success();
    }
    let mut lines: Vec<String> = Vec::new();
    for problem in &case.unexpected {
        lines.push(format!(
            "{} {} {}\n{}",
            json::word(problem.kind),
            case.id.at(problem.line),
            problem.directive,
            problem.message
        ));
    }
    for pass in &case.unexpected_passes {
        lines.push(json::unexpected_pass(case, &pass.entry));
    }
    let count = lines.len();
    lines.truncate(LISTED);
    if count > LISTED {
        lines.push(format!("and {} more", count - LISTED));
    }
    lines.push(format!("repro: {}", repro.of(&case.id, &summary.variant)));
    let died = case.counts.crashed + case.counts.timed_out > 0;
    let mut status = TestCaseStatus::non_success(if died {
        NonSuccessKind::Error
    } else {
        NonSuccessKind::Failure
    });
    status.set_message(format!("{count} unexpected"));
    status.set_description(lines.join("\n\n"));
    status
}
