//! What calibrating and explaining a baseline say.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::numbers::{many, time};
use crate::model::bench::{Calibration, Sensitivity};

/// The tolerances that a history of runs asks for.
pub fn calibration_table(calibration: &Calibration) -> String {
    let machine = &calibration.machine;
    let mut out = format!(
        "{} of one machine: {}, {}",
        many(calibration.runs as usize, "run"),
        machine.cpu,
        many(machine.cores as usize, "core")
    );
    if calibration.foreign > 0 {
        let _ = write!(out, "; {} of others are left out", calibration.foreign);
    }
    let widest = calibration
        .metrics
        .iter()
        .map(|metric| metric.name.as_str().chars().count());
    let width = widest.max().unwrap_or(0).max("metric".len());
    let _ = write!(
        out,
        "\n\n{:<width$}  {:>5}  {:>21}  {:>7}  {:>15}  {:>15}  {:>6}\n",
        "metric",
        "runs",
        "median (stored)",
        "sigma",
        "tolerance (now)",
        "tolerated (now)",
        "passed"
    );
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let share = |rate: f64| format!("{:.0} %", rate * 100.0);
    for metric in &calibration.metrics {
        let _ = writeln!(
            out,
            "{:<width$}  {:>5}  {:>21}  {:>5.1} %  {:>15}  {:>15}  {:>6}",
            metric.name.as_str(),
            metric.runs,
            format!(
                "{} ({})",
                time(metric.median_ns),
                or_none(metric.present_median_ns.map(time))
            ),
            metric.sigma_pct,
            format!(
                "{:.0} % ({})",
                metric.tolerance_pct,
                or_none(
                    metric
                        .present_tolerance_pct
                        .map(|pct| format!("{pct:.0} %"))
                )
            ),
            format!(
                "{} ({})",
                share(metric.tolerated_rate),
                or_none(metric.present_tolerated_rate.map(share))
            ),
            share(metric.pass_rate),
        );
    }
    let _ = write!(
        out,
        "\n{:.1} % of the runs would have passed: nothing in them is more than {} % above its \
         stored median\n{:.1} % would have had nothing regressed",
        calibration.pass_rate * 100.0,
        calibration.threshold_pct,
        calibration.tolerated_rate * 100.0
    );
    if let Some(rate) = calibration.present_tolerated_rate {
        let _ = write!(out, ", {:.1} % under the present tolerances", rate * 100.0);
    }
    for refusal in &calibration.refusals {
        let _ = write!(out, "\nnot to be required yet: {refusal}");
    }
    out
}

/// The same as a document.
pub fn calibration_document(calibration: &Calibration) -> Value {
    json!({ "schema": 1, "calibration": calibration })
}

/// Which slowdowns would be caught, for people.
pub fn sensitivity_text(found: &[Sensitivity]) -> String {
    let mut out = String::new();
    for metric in found {
        let _ = writeln!(
            out,
            "{}, stored as {}",
            metric.metric,
            time(metric.baseline_ns)
        );
        if let Some(why) = &metric.no_say {
            let _ = writeln!(out, "  its times have no say: {why}");
        }
        for catch in &metric.catches {
            let slowdown = format!("{:+.1} %", catch.slowdown * 100.0);
            // In brackets: what it would catch if it decided anything.
            let slowdown = match catch.in_force {
                true => format!("{slowdown} "),
                false => format!("({slowdown})"),
            };
            let _ = writeln!(out, "  {slowdown:>12}  {}: {}", catch.rule, catch.how);
        }
    }
    out.trim_end().to_owned()
}

/// The same as a document.
pub fn sensitivity_document(found: &[Sensitivity]) -> Value {
    json!({ "schema": 1, "metrics": found })
}
