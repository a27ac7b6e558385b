//! Bytes as hexadecimal digits, as plans and observations carry them.

/// Two digits for each byte.
pub fn to_digits(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// The bytes of pairs of digits, which may have space between them; none if there
/// is something else.
pub fn from_digits(digits: &str) -> Option<Vec<u8>> {
    let nibbles: Option<Vec<u32>> = digits
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .map(|digit| digit.to_digit(16))
        .collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len() % 2 == 0)?;
    nibbles
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_bytes_are_the_same_thing() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_digits(&to_digits(&bytes)), Some(bytes));
        assert_eq!(
            from_digits(" de AD\tbe ef"),
            Some(vec![0xde, 0xad, 0xbe, 0xef])
        );
        assert_eq!(from_digits("abc"), None);
        assert_eq!(from_digits("+1"), None);
    }
}
