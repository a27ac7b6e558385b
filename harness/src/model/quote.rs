//! Words as a shell takes them.

/// Quotes a word for a shell where it needs that.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The most characters an excerpt has.
const EXCERPT: usize = 300;

/// A text between quotes, control characters escaped, cut if it is long.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "ä".repeat(EXCERPT + 5);
        let cut = excerpt(&long);
        assert!(cut.ends_with(&format!("({} bytes)", long.len())), "{cut}");
        assert_eq!(excerpt("a\n"), "\"a\\n\"");
    }
}
