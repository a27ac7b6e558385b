//! The Markdown of a run of `bench`, fit for a comment on a pull request.

use std::fmt::Write as _;

use super::{numbers, words};
use crate::model::Exit;
use crate::model::bench::{BenchReport, BenchVerdict, Judged};
use crate::report::Repro;

/// The most rows of a table, and entries of a list: a comment has at most
/// 65,536 characters.
const ROWS: usize = 100;

/// The most characters of one untrusted text.
const LONGEST: usize = 300;

const HEAD: &str = "| verdict | metric | baseline | current | change | evidence |\n\
                    |---|---|--:|--:|--:|---|\n";

/// The document.
pub fn markdown(report: &BenchReport, exit: Exit, repro: &Repro) -> String {
    let (word, sentence) = words::outcome(report, exit);
    let mut out = format!(
        "## Benchmarks: {} {word}\n\n**{sentence}.** {}: {}.\n",
        sign(exit),
        escaped(&words::comparison(report)),
        words::advice(exit)
    );
    list(&mut out, "Problems", &report.problems);
    list(&mut out, "Warnings", &report.warnings);
    let all = words::RULES
        .iter()
        .flat_map(|rule| words::of_rule(report, *rule));
    let mut all: Vec<_> = all.collect();
    let noisy: Vec<_> = all.iter().filter(|judged| words::noisy(judged)).collect();
    if !noisy.is_empty() {
        let names: Vec<_> = noisy
            .iter()
            .map(|judged| code(judged.metric.as_str()))
            .collect();
        let _ = writeln!(
            out,
            "\n**Noisy**, and therefore hard to judge: {}.",
            names.join(", ")
        );
    }
    let (fine, open): (Vec<&Judged>, Vec<&Judged>) = all
        .iter()
        .partition(|judged| judged.verdict == BenchVerdict::Pass);
    if !open.is_empty() {
        let mut open = open;
        open.sort_by_key(|judged| std::cmp::Reverse(words::gravity(judged)));
        let _ = writeln!(out, "\n### Not a plain pass ({})\n", open.len());
        table(&mut out, &open, true);
        again(&mut out, &open, repro);
    }
    if !all.is_empty() {
        all.sort_by(|a, b| a.metric.cmp(&b.metric));
        let _ = writeln!(
            out,
            "\n<details><summary>All {}, {} passed</summary>\n",
            numbers::many(all.len(), "metric"),
            fine.len()
        );
        table(&mut out, &all, false);
        out.push_str("\n</details>\n");
    }
    let _ = writeln!(out, "\n<sub>{}</sub>", escaped(&words::machine(report)));
    out
}

fn sign(exit: Exit) -> &'static str {
    match exit {
        Exit::Expected => "✅",
        Exit::Unexpected => "❌",
        Exit::Inconclusive => "❔",
        Exit::CouldNotRun => "🚫",
        Exit::NothingSelected => "∅",
    }
}

fn list(out: &mut String, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title} ({})\n", sentences.len());
    for sentence in sentences.iter().take(ROWS) {
        let _ = writeln!(out, "- {}", escaped(sentence));
    }
    if let Some(more @ 1..) = sentences.len().checked_sub(ROWS) {
        let _ = writeln!(out, "- and {more} more");
    }
}

fn table(out: &mut String, metrics: &[&Judged], reasons: bool) {
    out.push_str(HEAD);
    for judged in metrics.iter().take(ROWS) {
        let [before, now] = numbers::both(judged);
        let change = numbers::effect(judged).map_or_else(String::new, numbers::change);
        let mut evidence = vec![escaped(&words::evidence(judged))];
        if !judged.gating {
            evidence.push("advisory".to_owned());
        }
        if reasons {
            if let Some(explained) = &judged.explanation {
                let (commit, reason) = (words::short(&explained.commit), &explained.reason);
                evidence.push(format!(
                    "explained by {}: {}",
                    code(&commit),
                    escaped(reason)
                ));
            }
            evidence.extend(judged.remark.iter().map(|remark| escaped(remark)));
        }
        let word = words::verdict(judged.verdict);
        let word = match judged.verdict {
            BenchVerdict::Pass => word.to_owned(),
            _ => format!("**{word}**"),
        };
        let name = code(judged.metric.as_str());
        let evidence = evidence.join("<br>");
        let change = escaped(&change);
        let _ = writeln!(
            out,
            "| {word} | {name} | {before} | {now} | {change} | {evidence} |"
        );
    }
    if let Some(more @ 1..) = metrics.len().checked_sub(ROWS) {
        let _ = writeln!(out, "| | and {more} more | | | | |");
    }
}

/// The commands that measure what is open once more.
fn again(out: &mut String, open: &[&Judged], repro: &Repro) {
    let open = open.iter().filter(|judged| {
        let verdict = judged.verdict;
        !matches!(verdict, BenchVerdict::Improved | BenchVerdict::Recorded)
    });
    let commands: Vec<_> = open.map(|judged| repro.of_metric(&judged.metric)).collect();
    if commands.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nTo measure one again:\n\n```sh");
    for command in commands.iter().take(ROWS) {
        let _ = writeln!(out, "{command}");
    }
    out.push_str("```\n");
}

/// A text that is not ours, as text on one line: nothing in it is markup, a
/// mention or the end of a table's cell.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let line = one_line(text);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        // `:word:` is a picture and `http:` a link; one at a word's end is none.
        let at_end = characters.peek().is_none_or(|next| *next == ' ');
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' if !at_end => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// A name as code. HTML, because a backtick or a `|` inside a pair of backticks
/// cannot be escaped in a table.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::model::bench::MetricName;

    fn of(report: &BenchReport) -> String {
        let repro = Repro("cargo xtask bench".to_owned());
        markdown(report, Exit::Unexpected, &repro)
    }

    #[test]
    fn what_is_not_a_pass_stands_before_the_fold() {
        let text = of(&example::report().0);
        assert!(
            text.starts_with("## Benchmarks: ❌ FAIL\n\n**1 regressed of 20 metrics.**"),
            "{text}"
        );
        let (open, folded) = text.split_once("<details>").unwrap();
        assert!(open.contains("| **regressed** | <code>execute/fib/cranelift</code> |"));
        assert!(!open.contains("execute/sha256"));
        assert!(folded.contains("| pass | <code>execute/sha256/cranelift</code> |"));
        assert!(open.contains("**Noisy**"), "{open}");
        let first = open.find("regressed**").unwrap();
        assert!(
            first < open.find("**inconclusive").unwrap(),
            "the gravest first"
        );
    }

    #[test]
    fn nothing_in_a_name_or_a_reason_is_markup() {
        let (mut report, _) = example::report();
        let nasty = "a|b`c<script>*x*[l](u)@all";
        report.judged.truncate(1);
        report.judged[0].metric = MetricName::new(nasty).unwrap();
        report.judged[0].remark = Some(format!("{nasty}\n\n# title\n| a | b |\n```"));
        report.problems = vec![format!("{nasty}\n- another")];
        report.warnings = vec!["w".repeat(5_000)];
        let whole = of(&report);
        // Between the fences of the commands all is code.
        let (before, rest) = whole.split_once("```sh\n").unwrap();
        let (_, after) = rest.split_once("\n```\n").unwrap();
        let text = format!("{before}{after}");
        assert!(
            !text.contains("<script>") && !text.contains("@all"),
            "{text}"
        );
        assert!(
            !text.contains("\n# ") && !text.contains("\n- another"),
            "{text}"
        );
        assert!(text.len() < 6_000, "long texts are cut");
        let rows = text
            .lines()
            .filter(|line| line.starts_with("| **regressed"));
        for row in rows {
            let cells = row.replace("\\|", "").matches('|').count();
            assert_eq!(cells, 7, "{row}");
        }
        assert!(text.contains("\\`"), "{text}");
    }

    #[test]
    fn a_comment_stays_within_what_a_forge_takes() {
        let (mut report, _) = example::report();
        let one = report.judged[0].clone();
        report.judged = (0..5_000).map(|_| one.clone()).collect();
        let text = of(&report);
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
        assert!(text.contains("and 4900 more"));
    }
}
