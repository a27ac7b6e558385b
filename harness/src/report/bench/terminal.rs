//! What a person sees of a run of `bench`: the verdict, what is not fine with
//! what to do about it, and the rest folded.

use std::fmt::Write as _;

use console::{Style, Term};

use super::measured::measured;
use super::{numbers, words};
use crate::model::Exit;
use crate::model::bench::{BenchReport, BenchVerdict, Evidence, Judged, Rule};
use crate::report::Repro;

mod picture;
#[cfg(test)]
mod tests;

/// How the text may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; none where lines may be as long as they like.
    pub width: Option<usize>,
    /// Only ASCII, for what reads a pipe.
    pub ascii: bool,
    /// In colour.
    pub colour: bool,
    /// Every metric, and not only those that are not fine.
    pub all: bool,
}

impl Look {
    /// What suits standard output: width and characters only on a terminal, no
    /// colour where `NO_COLOR` is set.
    pub fn of_stdout(all: bool) -> Look {
        let term = Term::stdout();
        let width = term.size_checked().map(|(_, columns)| columns.into());
        Look {
            width: if term.is_term() { width } else { None },
            ascii: !term.is_term(),
            colour: console::colors_enabled(),
            all,
        }
    }

    fn paint(self, style: &Style, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let style = style.clone().force_styling(self.colour);
        style.apply_to(text).to_string()
    }

    /// Whether a metric has a row of its own.
    fn shows(self, judged: &Judged) -> bool {
        self.all || judged.verdict != BenchVerdict::Pass || words::noisy(judged)
    }

    /// Only what every reader of a pipe can show.
    fn plain(self, text: &str) -> String {
        if self.ascii {
            text.replace('µ', "u").replace('…', "...")
        } else {
            text.to_owned()
        }
    }
}

/// Where what stands below a metric begins.
const INDENT: &str = "    ";

/// The widest word of a verdict.
const WORD: usize = "inconclusive".len();

/// The text, without the newline at its end.
pub fn text(report: &BenchReport, exit: Exit, repro: &Repro, look: &Look) -> String {
    let look = *look;
    let mut out = String::new();
    let (word, sentence) = words::outcome(report, exit);
    let word = look.paint(&of_exit(exit), word);
    let _ = writeln!(out, "{word}: {sentence}");
    let dim = Style::new().dim();
    for line in [words::comparison(report), words::machine(report)] {
        for line in wrap(&look.plain(&line), look.width, INDENT.len()) {
            let _ = writeln!(out, "{INDENT}{}", look.paint(&dim, &line));
        }
    }
    sentences(
        &mut out,
        look,
        "PROBLEM",
        &Style::new().red().bold(),
        &report.problems,
    );
    sentences(
        &mut out,
        look,
        "WARNING",
        &Style::new().yellow().bold(),
        &report.warnings,
    );
    noisy(&mut out, report, look);
    let mut groups: Vec<_> = words::RULES
        .iter()
        .map(|rule| (*rule, words::of_rule(report, *rule)))
        .filter(|(_, judged)| !judged.is_empty())
        .collect();
    // What is gravest comes first; a stable sort keeps the order otherwise.
    groups.sort_by_key(|(_, judged)| std::cmp::Reverse(grave(judged)));
    let shown = report.judged.iter().filter(|judged| look.shows(judged));
    let name = shown.map(|judged| judged.metric.as_str().chars().count());
    let columns = Columns::fitting(name.max().unwrap_or(0), look.width);
    for (rule, judged) in &groups {
        group(&mut out, *rule, judged, columns, repro, look);
    }
    let is_measured = !report.measured.is_empty() || !report.exact.is_empty();
    if report.judged.is_empty() && is_measured {
        let _ = writeln!(out, "\n{}", look.plain(&measured(report)));
        if report.problems.is_empty() {
            return out.trim_end().to_owned();
        }
    }
    let _ = write!(out, "\n{word}: {sentence}");
    let advice = format!("exit {}: {}", exit.code(), words::advice(exit));
    for line in wrap(&advice, look.width, INDENT.len()) {
        let _ = write!(out, "\n{INDENT}{line}");
    }
    out
}

/// Whether a group holds what makes a run red, or open.
fn grave(judged: &[&Judged]) -> u8 {
    let first = judged.first().map_or(0, |first| words::gravity(first));
    if first > 8 { first } else { 0 }
}

fn of_exit(exit: Exit) -> Style {
    match exit {
        Exit::Expected => Style::new().green().bold(),
        Exit::Inconclusive | Exit::NothingSelected => Style::new().yellow().bold(),
        Exit::Unexpected | Exit::CouldNotRun => Style::new().red().bold(),
    }
}

fn of_verdict(verdict: BenchVerdict) -> Style {
    match verdict {
        BenchVerdict::Pass => Style::new().green(),
        BenchVerdict::Improved => Style::new().cyan(),
        BenchVerdict::Recorded => Style::new().blue(),
        BenchVerdict::Inconclusive => Style::new().yellow().bold(),
        BenchVerdict::Record => Style::new().magenta().bold(),
        BenchVerdict::Regressed => Style::new().red().bold(),
    }
}

fn sentences(out: &mut String, look: Look, word: &str, style: &Style, sentences: &[String]) {
    for sentence in sentences {
        let lines = wrap(&look.plain(sentence), look.width, word.len() + 2);
        let _ = write!(out, "{}", look.paint(style, word));
        for (number, line) in lines.iter().enumerate() {
            let before = if number == 0 { ": " } else { INDENT };
            let _ = writeln!(out, "{before}{line}");
        }
    }
}

/// The metrics that vary too much, loudly: their verdicts cost more rounds and
/// say less.
fn noisy(out: &mut String, report: &BenchReport, look: Look) {
    let noisy: Vec<_> = report
        .judged
        .iter()
        .filter(|judged| words::noisy(judged))
        .collect();
    if noisy.is_empty() {
        return;
    }
    let names: Vec<_> = noisy.iter().map(|judged| judged.metric.as_str()).collect();
    let sentence = format!(
        "{} from round to round by more than {}: {}",
        match noisy.len() {
            1 => "1 metric varies".to_owned(),
            number => format!("{number} metrics vary"),
        },
        numbers::share(crate::model::bench::NOISY_SPREAD),
        names.join(", ")
    );
    let style = Style::new().yellow().bold().reverse();
    sentences(out, look, "NOISY", &style, &[sentence]);
}

fn group(
    out: &mut String,
    rule: Rule,
    judged: &[&Judged],
    wide: Option<Columns>,
    repro: &Repro,
    look: Look,
) {
    let shown: Vec<_> = judged.iter().filter(|judged| look.shows(judged)).collect();
    let folded = judged.len() - shown.len();
    let bold = Style::new().bold();
    let mut title = words::rule(rule).to_owned();
    if rule == Rule::LivePair && !shown.is_empty() {
        let at = wide.map_or(INDENT.len() + Columns::VALUES + 1, |columns| {
            columns.picture()
        });
        let pad = at.saturating_sub(title.len());
        title = format!("{}{}", look.paint(&bold, &title), " ".repeat(pad));
        title.push_str(&look.paint(&Style::new().dim(), &picture::scale()));
    } else {
        title = look.paint(&bold, &title);
    }
    let _ = writeln!(out, "\n{title}");
    for judged in shown {
        row(out, judged, wide, look);
        if judged.verdict != BenchVerdict::Pass {
            below(out, judged, repro, look);
        }
    }
    if folded > 0 {
        let more = if folded < judged.len() { " more" } else { "" };
        let line = format!("  {folded}{more} passed");
        let _ = writeln!(out, "{}", look.paint(&Style::new().green(), &line));
    }
}

/// Where things stand when a metric fits on one line.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
}

impl Columns {
    /// `1,234,567 B -> 1,234,568 B` is 26 wide.
    const VALUES: usize = 26;
    const CHANGE: usize = 9;

    /// None when a metric needs two lines.
    fn fitting(name: usize, width: Option<usize>) -> Option<Columns> {
        let columns = Columns { name };
        let needed = columns.picture() + picture::WIDTH;
        (width.is_none_or(|width| needed <= width)).then_some(columns)
    }

    fn picture(self) -> usize {
        2 + WORD + 2 + self.name + 1 + Columns::VALUES + 1 + Columns::CHANGE + 2
    }
}

fn row(out: &mut String, judged: &Judged, columns: Option<Columns>, look: Look) {
    let word = format!("{:<WORD$}", words::verdict(judged.verdict));
    let style = of_verdict(judged.verdict);
    let word = look.paint(&style, &word);
    let [before, now] = numbers::both(judged);
    let values = look.plain(&format!("{before} -> {now}"));
    let change = numbers::effect(judged).map_or_else(String::new, numbers::change);
    let picture = match &judged.evidence {
        Evidence::Pair(pair) => {
            let marks = [pair.floor, pair.to_detect];
            picture::draw(pair.effect, pair.interval, marks, look.ascii)
        }
        _ => String::new(),
    };
    let picture = look.paint(&style, &picture);
    let (values_wide, change_wide) = (Columns::VALUES, Columns::CHANGE);
    let name = judged.metric.as_str();
    let line = match columns {
        Some(Columns { name: wide }) => format!(
            "  {word}  {name:<wide$} {values:>values_wide$} {change:>change_wide$}  {picture}"
        ),
        None => {
            let room = look.width.map_or(usize::MAX, |width| {
                width.saturating_sub(2 + WORD + 2 + 1 + change_wide)
            });
            let name = shortened(name, room.max(10));
            format!("  {word}  {name} {change}\n{INDENT}{values:<values_wide$} {picture}")
        }
    };
    let _ = writeln!(out, "{}", line.trim_end());
}

/// What stands below a metric that is not fine.
fn below(out: &mut String, judged: &Judged, repro: &Repro, look: Look) {
    let mut lines = vec![words::evidence(judged)];
    if !judged.gating {
        lines.push("advisory: it has no say in the exit code".to_owned());
    }
    if let Some(explained) = &judged.explanation {
        let commit = words::short(&explained.commit);
        lines.push(format!("explained by {commit}: {}", explained.reason));
    }
    lines.extend(judged.remark.clone());
    for line in lines {
        for line in wrap(&look.plain(&line), look.width, INDENT.len()) {
            let _ = writeln!(out, "{INDENT}{line}");
        }
    }
    let again = matches!(
        judged.verdict,
        BenchVerdict::Regressed | BenchVerdict::Record | BenchVerdict::Inconclusive
    );
    if again {
        // One line, whatever its length, so that it can be copied.
        let _ = writeln!(out, "{INDENT}repro: {}", repro.of_metric(&judged.metric));
    }
}

/// A name cut in the middle, where two that are alike differ least.
fn shortened(name: &str, room: usize) -> String {
    let length = name.chars().count();
    if length <= room {
        return name.to_owned();
    }
    let start = (room - 1) / 2;
    let end = room - 1 - start;
    let head: String = name.chars().take(start).collect();
    let tail: String = name.chars().skip(length - end).collect();
    format!("{head}…{tail}")
}

/// A text in lines of at most `width` less `taken` columns, broken at white
/// space and within words that are longer; one line if there is no width.
fn wrap(text: &str, width: Option<usize>, taken: usize) -> Vec<String> {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(taken).max(20));
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in words_with_units(text) {
        let wanted = word.chars().count();
        if length > 0 && length + 1 + wanted > room {
            lines.push(String::new());
            length = 0;
        }
        if length > 0 {
            push(&mut lines, ' ');
            length += 1;
        }
        for character in word.chars() {
            if length == room {
                lines.push(String::new());
                length = 0;
            }
            push(&mut lines, character);
            length += 1;
        }
    }
    lines
}

fn push(lines: &mut [String], character: char) {
    if let Some(line) = lines.last_mut() {
        line.push(character);
    }
}

/// The words of a text; a `%` stays with its number.
fn words_with_units(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(number) if word.starts_with('%') => {
                number.push(' ');
                number.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}
