//! The table of a self-check.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::bench::{SelfCheckReport, SelfCheckRow};

/// The table, as Markdown: the documentation shows the same one. Without the
/// newline at its end.
pub fn self_check_table(report: &SelfCheckReport) -> String {
    let mut rows = vec![
        [
            "experiment",
            "injected",
            "gates",
            "regressed",
            "95 % interval",
            "cannot tell",
            "improved",
            "median effect",
            "median spread",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(report.rows.iter().map(cells));
    let columns = rows[0].len();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(out, "| {cell:<width$} "),
                _ => write!(out, "| {cell:>width$} "),
            };
        }
        out.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let _ = match column {
                    0 => write!(out, "|{:-<1$}", "", width + 2),
                    _ => write!(out, "|{:-<1$}:", "", width + 1),
                };
            }
            out.push_str("|\n");
        }
    }
    for name in &report.not_run {
        let _ = writeln!(out, "\n{name}: not run here");
    }
    out.trim_end().to_owned()
}

fn cells(row: &SelfCheckRow) -> Vec<String> {
    let [low, high] = row.flagged_interval;
    let percent = |ratio: Option<f64>| {
        ratio.map_or_else(
            || "–".to_owned(),
            |ratio| format!("{:+.2} %", ratio * 100.0),
        )
    };
    vec![
        row.experiment.clone(),
        percent(row.measured_dose),
        row.gates.to_string(),
        row.flagged.to_string(),
        format!("{:.1} to {:.1} %", low * 100.0, high * 100.0),
        row.inconclusive.to_string(),
        row.improved.to_string(),
        percent(middle(&row.effects)),
        middle(&row.spreads).map_or_else(
            || "–".to_owned(),
            |spread| format!("{:.2} %", spread * 100.0),
        ),
    ]
}

/// The middle one, for people; the upper of two.
fn middle(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// The document of a self-check.
pub fn self_check_document(report: &SelfCheckReport, broken: &[String]) -> Value {
    json!({
        "schema": 1,
        "verdict": verdict(report, broken),
        "rows": report.rows,
        "not_run": report.not_run,
        "problems": report.problems,
        "broken": broken,
        "seconds": report.seconds,
    })
}

fn verdict(report: &SelfCheckReport, broken: &[String]) -> &'static str {
    if !report.problems.is_empty() {
        "could-not-run"
    } else if !broken.is_empty() {
        "fail"
    } else if report.rows.is_empty() {
        "nothing"
    } else {
        "pass"
    }
}

/// What the table comes to, for people.
pub fn self_check_verdict(report: &SelfCheckReport, broken: &[String]) -> String {
    let list = |what: &str, list: &[String]| format!("{what}:\n  {}", list.join("\n  "));
    let mut parts = Vec::new();
    if !report.problems.is_empty() {
        parts.push(list("it did not get to its end", &report.problems));
    }
    if !broken.is_empty() {
        parts.push(list("the gate does not keep what it promises here", broken));
    }
    if parts.is_empty() {
        parts.push(match report.rows.is_empty() {
            true => "nothing was tried".to_owned(),
            false => "the gate keeps what it promises here".to_owned(),
        });
    }
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_markdown_with_a_cell_for_every_column() {
        let report = SelfCheckReport {
            rows: vec![SelfCheckRow {
                experiment: "+5 % work".to_owned(),
                percent: 5,
                measured_dose: Some(0.05),
                gates: 59,
                flagged: 59,
                flagged_interval: [0.939, 1.0],
                effects: vec![0.049, 0.052, 0.051],
                spreads: vec![0.011],
                ..SelfCheckRow::default()
            }],
            not_run: vec!["another layout".to_owned()],
            seconds: 1.0,
            ..SelfCheckReport::default()
        };
        let table = self_check_table(&report);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[2].contains(" +5.00 % |"), "{table}");
        assert!(lines[2].contains("93.9 to 100.0 %"), "{table}");
        assert!(lines[2].contains("+5.10 %"), "the middle effect: {table}");
        assert_eq!(lines[0].matches('|').count(), lines[2].matches('|').count());
        assert_eq!(lines[0].chars().count(), lines[1].chars().count());
        assert_eq!(lines[0].chars().count(), lines[2].chars().count());
        assert!(table.ends_with("another layout: not run here"));
    }

    #[test]
    fn what_ended_it_early_counts_before_what_it_found() {
        let mut report = SelfCheckReport {
            rows: vec![SelfCheckRow::default()],
            ..SelfCheckReport::default()
        };
        let verdict = |report: &SelfCheckReport, broken: &[String]| {
            let document = self_check_document(report, broken);
            (
                document["verdict"].clone(),
                self_check_verdict(report, broken),
            )
        };
        let broken = ["A/A: 1 false alarm".to_owned()];
        assert_eq!(verdict(&report, &[]).0, "pass");
        assert_eq!(verdict(&report, &broken).0, "fail");
        report.problems.push("A/A: a worker was lost".to_owned());
        let (word, text) = verdict(&report, &broken);
        assert_eq!(word, "could-not-run");
        assert!(
            text.contains("a worker was lost") && text.contains("1 false alarm"),
            "{text}"
        );
        let nothing = SelfCheckReport::default();
        assert_eq!(verdict(&nothing, &[]).0, "nothing");
    }
}
