//! What calibrating and explaining a baseline say.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::numbers::time;
use crate::model::bench::{Calibration, Sensitivity};

/// The tolerances that a history of runs asks for.
pub fn calibration_table(calibration: &Calibration) -> String {
    let mut out = format!("{} runs of one machine", calibration.runs);
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
        "\n\n{:<width$}  {:>5}  {:>9}  {:>7}  {:>18}  {:>19}\n",
        "metric", "runs", "median", "sigma", "tolerance (now)", "would pass (now)"
    );
    let percent =
        |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0} %"));
    for metric in &calibration.metrics {
        let _ = writeln!(
            out,
            "{:<width$}  {:>5}  {:>9}  {:>5.1} %  {:>18}  {:>19}",
            metric.name.as_str(),
            metric.runs,
            time(metric.median_ns),
            metric.sigma_pct,
            format!(
                "{:.0} % ({})",
                metric.tolerance_pct,
                percent(metric.present_tolerance_pct)
            ),
            format!(
                "{:.0} % ({})",
                metric.pass_rate * 100.0,
                percent(metric.present_pass_rate.map(|rate| rate * 100.0))
            ),
        );
    }
    let _ = write!(
        out,
        "\n{:.1} % of the runs would have passed",
        calibration.pass_rate * 100.0
    );
    if let Some(rate) = calibration.present_pass_rate {
        let _ = write!(out, ", {:.1} % under the present baseline", rate * 100.0);
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
        for catch in &metric.catches {
            let _ = writeln!(
                out,
                "  {:>+8.1} %  {}: {}",
                catch.slowdown * 100.0,
                catch.rule,
                catch.how
            );
        }
    }
    out.trim_end().to_owned()
}

/// The same as a document.
pub fn sensitivity_document(found: &[Sensitivity]) -> Value {
    json!({ "schema": 1, "metrics": found })
}
