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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_shown_with_its_place() {
        assert_eq!(difference(b"one\ntwo\n", b"one\ntwo\n"), None);
        assert_eq!(
            difference(b"one\ntwo\n", b"one\ntoo\n").as_deref(),
            Some("byte 5, line 2: expected `two`, got `too` (8 and 8 bytes in all)")
        );
        assert_eq!(
            difference(b"one\ntwo\n", b"one\n").as_deref(),
            Some("byte 4, line 2: expected `two`, got the end (8 and 4 bytes in all)")
        );
        assert_eq!(
            difference(b"", b"\n").as_deref(),
            Some("byte 0, line 1: expected the end, got an empty line (0 and 1 bytes in all)")
        );
        assert_eq!(
            difference(b"a\xff", b"a\x01").as_deref(),
            Some(r"byte 1, line 1: expected `a\xff`, got `a\x01` (2 and 2 bytes in all)")
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_difference() {
        let (mut expected, mut got) = (vec![b'a'; 10_000], vec![b'a'; 10_000]);
        expected[5_000] = b'x';
        got[5_000] = b'y';
        let message = difference(&expected, &got).expect("they differ");
        assert!(
            message.contains("aaax") && message.contains("aaay"),
            "{message}"
        );
        assert!(message.len() < 300, "{message}");
    }

    #[test]
    fn the_last_line_that_says_something_is_quoted() {
        assert_eq!(end_of(b""), "");
        assert_eq!(
            end_of(b"first\nout of memory\n\n"),
            "; the end of its standard error: `out of memory`"
        );
    }
}
