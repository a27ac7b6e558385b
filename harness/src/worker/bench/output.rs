//! Compares what a program wrote with what it must write.

use std::fmt::Write as _;

/// Bytes shown of either side.
const SHOWN: usize = 60;

/// Where two outputs part and what stands there; none if they are the same.
pub(super) fn difference(expected: &[u8], got: &[u8]) -> Option<String> {
    if expected == got {
        return None;
    }
    let pairs = expected.iter().zip(got);
    let same = pairs.take_while(|(left, right)| left == right).count();
    let before = &expected[..same];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n');
    // From the start of the line, unless that is far off.
    let start = start
        .map_or(0, |newline| newline + 1)
        .max(same.saturating_sub(SHOWN / 2));
    Some(format!(
        "byte {same}, line {line}: expected {}, got {} ({} and {} bytes in all)",
        excerpt(&expected[start..]),
        excerpt(&got[start..]),
        expected.len(),
        got.len(),
    ))
}

/// The last line of what a program wrote, for a message about it.
pub(super) fn end_of(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    match text.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!(
            "; the end of its standard error: {}",
            excerpt(line.as_bytes())
        ),
        None => String::new(),
    }
}

fn excerpt(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    if line.is_empty() {
        return if end.is_some() {
            "an empty line"
        } else {
            "the end"
        }
        .to_owned();
    }
    let shown = &line[..line.len().min(SHOWN)];
    let mut text = format!("`{}`", shown.escape_ascii());
    if shown.len() < line.len() {
        // Writing to a string cannot fail.
        let _ = write!(text, "…");
    }
    text
}
