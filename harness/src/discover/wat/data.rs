//! Bytes of a memory, as a header writes them: what is there before a check, or
//! must be there afterwards.

use serde::Deserialize;
use toml::Spanned;

use crate::model::hexadecimal;

/// The most bytes one entry may stand for: they travel to the worker as text.
const MOST: u64 = 1 << 20;

/// An entry of `memory` or of `write`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Data {
    #[serde(default = "default_memory")]
    pub(super) name: String,
    pub(super) at: u64,
    bytes: Option<Spanned<String>>,
    text: Option<String>,
    i32: Option<Vec<i64>>,
    i64: Option<Vec<i64>>,
    f32: Option<Vec<f32>>,
    f64: Option<Vec<f64>>,
    i32_range: Option<Range<i64>>,
    i64_range: Option<Range<i64>>,
    f32_range: Option<Range<f64>>,
    f64_range: Option<Range<f64>>,
}

fn default_memory() -> String {
    "memory".to_owned()
}

/// `start`, `start + step`, `start + 2 * step` and so on, `count` numbers.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range<T> {
    count: u64,
    start: T,
    step: T,
}

impl<T: Copy> Range<T> {
    fn bytes<const N: usize>(self, number: impl Fn(u64) -> [u8; N]) -> Result<Vec<u8>, String> {
        if self.count.saturating_mul(N as u64) > MOST {
            return Err(format!("a range has at most {MOST} bytes"));
        }
        Ok((0..self.count).flat_map(number).collect())
    }
}

impl Data {
    /// The bytes, or what is wrong and, if that is known, where.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, (Option<usize>, String)> {
        let digits = |digits: &Spanned<String>| {
            hexadecimal::from_digits(digits.get_ref()).ok_or_else(|| {
                let message = "`bytes` takes pairs of hexadecimal digits, as \"de ad be ef\"";
                (Some(digits.span().start), message.to_owned())
            })
        };
        let placed = |result: Result<Vec<u8>, String>| result.map_err(|message| (None, message));
        let kinds = [
            self.bytes.as_ref().map(digits),
            self.text.clone().map(|text| Ok(text.into_bytes())),
            self.i32.as_deref().map(|values| placed(i32_bytes(values))),
            self.i64
                .as_deref()
                .map(|values| Ok(each(values, |value| value.to_le_bytes()))),
            self.f32
                .as_deref()
                .map(|values| Ok(each(values, |value| value.to_le_bytes()))),
            self.f64
                .as_deref()
                .map(|values| Ok(each(values, |value| value.to_le_bytes()))),
            self.i32_range
                .map(|range| placed(range.bytes(|i| range.i32(i).to_le_bytes()))),
            self.i64_range
                .map(|range| placed(range.bytes(|i| range.i64(i).to_le_bytes()))),
            self.f32_range
                .map(|range| placed(range.bytes(|i| range.f32(i).to_le_bytes()))),
            self.f64_range
                .map(|range| placed(range.bytes(|i| range.f64(i).to_le_bytes()))),
        ];
        let mut kinds = kinds.into_iter().flatten();
        match (kinds.next(), kinds.next()) {
            (Some(bytes), None) => bytes,
            _ => Err((
                None,
                "expected exactly one of `bytes`, `text`, `i32`, `i64`, `f32`, `f64`, \
                 `i32-range`, `i64-range`, `f32-range` and `f64-range`"
                    .to_owned(),
            )),
        }
    }
}

impl Range<i64> {
    fn i64(self, index: u64) -> i64 {
        self.start
            .wrapping_add(self.step.wrapping_mul(index.cast_signed()))
    }

    #[expect(clippy::cast_possible_truncation, reason = "numbers of 32 bits wrap")]
    fn i32(self, index: u64) -> i32 {
        self.i64(index) as i32
    }
}

impl Range<f64> {
    #[expect(clippy::cast_precision_loss, reason = "there are at most 2^20 numbers")]
    fn f64(self, index: u64) -> f64 {
        self.start + self.step * index as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded to 32 bits at the end"
    )]
    fn f32(self, index: u64) -> f32 {
        self.f64(index) as f32
    }
}

fn each<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|value| bytes(*value)).collect()
}

/// 32-bit integers, signed or unsigned.
fn i32_bytes(values: &[i64]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for value in values {
        let signed = i32::try_from(*value).map(i32::cast_unsigned);
        let bits = signed
            .or_else(|_| u32::try_from(*value))
            .map_err(|_| format!("{value} has more than 32 bits"))?;
        bytes.extend(bits.to_le_bytes());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(toml: &str) -> Result<Vec<u8>, String> {
        let data: Data = toml::from_str(toml).unwrap();
        data.to_bytes().map_err(|(_, message)| message)
    }

    #[test]
    fn a_range_is_the_numbers_it_stands_for() {
        for (range, numbers) in [
            (
                "i32-range = { count = 3, start = 7, step = -4 }",
                "i32 = [7, 3, -1]",
            ),
            // Multiples of a large number wrap.
            (
                "i32-range = { count = 3, start = 0, step = 2654435761 }",
                "i32 = [0, 2654435761, 1013904226]",
            ),
            (
                "i64-range = { count = 2, start = -1, step = 1 }",
                "i64 = [-1, 0]",
            ),
            (
                "f32-range = { count = 3, start = 1.0, step = 0.1 }",
                "f32 = [1.0, 1.1, 1.2]",
            ),
            (
                "f64-range = { count = 2, start = 0.5, step = 0.0 }",
                "f64 = [0.5, 0.5]",
            ),
        ] {
            let of = |data: &str| bytes(&format!("at = 0\n{data}")).unwrap();
            assert_eq!(of(range), of(numbers), "{range}");
        }
    }

    #[test]
    fn a_range_has_an_end() {
        let range = "at = 0\ni64-range = { count = 131073, start = 0, step = 0 }";
        assert!(bytes(range).unwrap_err().contains("at most"));
    }

    #[test]
    fn one_key_says_what_the_bytes_are() {
        assert!(bytes("at = 0").unwrap_err().contains("exactly one"));
        assert!(
            bytes("at = 0\ntext = \"a\"\ni32 = [1]")
                .unwrap_err()
                .contains("exactly one")
        );
        assert!(
            bytes("at = 0\ni32 = [4294967296]")
                .unwrap_err()
                .contains("32 bits")
        );
    }
}
