//! Arguments and results of kernels as text.

use std::str::FromStr;

use tensor_wasm_runtime::float::{special_f32, special_f64};
use tensor_wasm_runtime::gpu::ir::Type;

/// The bits of a number of a type.
pub(super) fn number(ty: Type, text: &str) -> Option<u64> {
    let integer = || -> Option<i128> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let value = match digits.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        value
            .ok()
            .filter(|value| *value >= 0)
            .map(|value| sign * value)
    };
    match ty {
        Type::I32 => {
            let value = integer()?;
            let signed = i32::try_from(value).map(i32::cast_unsigned);
            signed.or_else(|_| u32::try_from(value)).ok().map(u64::from)
        }
        Type::I64 => {
            let value = integer()?;
            let signed = i64::try_from(value).map(i64::cast_unsigned);
            signed.or_else(|_| u64::try_from(value)).ok()
        }
        Type::F32 => {
            let finite = || f32::from_str(text).ok().filter(|it| it.is_finite());
            let bits = special_f32(text).or_else(|| finite().map(f32::to_bits));
            bits.map(u64::from)
        }
        Type::F64 => {
            let finite = || f64::from_str(text).ok().filter(|it| it.is_finite());
            special_f64(text).or_else(|| finite().map(f64::to_bits))
        }
    }
}

/// What [`number`] takes, for people.
pub(super) fn wanted(ty: Type) -> &'static str {
    match ty {
        Type::I32 | Type::I64 => "an integer in its range, as 42, -1 or 0x10",
        Type::F32 => {
            "a number in its range, inf, -inf, nan, or a NaN with all its bits, as nan:0x7fc00001"
        }
        Type::F64 => {
            "a number in its range, inf, -inf, nan, or a NaN with all its bits, as \
             nan:0x7ff8000000000001"
        }
    }
}

/// As [`number`] takes it: a NaN with all its bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a value of 32 bits is the lower half"
)]
pub(super) fn shown(ty: Type, bits: u64) -> String {
    match ty {
        Type::I32 => (bits as u32).cast_signed().to_string(),
        Type::I64 => bits.cast_signed().to_string(),
        Type::F32 if f32::from_bits(bits as u32).is_nan() => format!("nan:{:#010x}", bits as u32),
        Type::F32 => f32::from_bits(bits as u32).to_string(),
        Type::F64 if f64::from_bits(bits).is_nan() => format!("nan:{bits:#018x}"),
        Type::F64 => f64::from_bits(bits).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_their_type_or_refused() {
        assert_eq!(number(Type::I32, "-1"), Some(0xffff_ffff));
        assert_eq!(number(Type::I32, "4294967295"), Some(0xffff_ffff));
        assert_eq!(number(Type::I32, "0x10"), Some(16));
        assert_eq!(number(Type::I64, "-0x1"), Some(u64::MAX));
        assert_eq!(number(Type::F32, "1.5"), Some(0x3fc0_0000));
        for wrong in ["4294967296", "-2147483649", "1.5", "", "--1", "0x"] {
            assert_eq!(number(Type::I32, wrong), None, "{wrong}");
        }
        assert_eq!(number(Type::F64, "one"), None);
    }

    #[test]
    fn floats_are_taken_as_arguments_of_functions_are() {
        for (text, bits) in [
            ("inf", 0x7f80_0000),
            ("-inf", 0xff80_0000),
            ("nan", 0x7fc0_0000),
            ("nan:0x7fc00001", 0x7fc0_0001),
            ("nan:0xffa00000", 0xffa0_0000),
            ("-0", 0x8000_0000),
            ("3.4028235e38", 0x7f7f_ffff),
        ] {
            assert_eq!(number(Type::F32, text), Some(bits), "{text}");
        }
        let nan = number(Type::F64, "nan:0x7ff0000000000001");
        assert_eq!(nan, Some(0x7ff0_0000_0000_0001));
        assert_eq!(number(Type::F64, "1e40"), Some(1e40_f64.to_bits()));
        for wrong in [
            "1e40",
            "-1e40",
            "infinity",
            "+inf",
            "-nan",
            "NaN",
            "nan:",
            "nan:0x7fc0001",
            "nan:0x3f800000",
            "nan:0x7f800000",
            "nan:7fc00001",
            "nan:0x+fc00001",
        ] {
            assert_eq!(number(Type::F32, wrong), None, "{wrong}");
        }
        let shown_again = |ty, bits| number(ty, &shown(ty, bits));
        for bits in [
            0x7fc0_0001,
            0xffc0_0000,
            0x7f80_0000,
            0x8000_0000,
            0x0000_0001,
        ] {
            assert_eq!(shown_again(Type::F32, bits), Some(bits));
        }
        let nan = 0xfff0_0000_0000_0001;
        assert_eq!(shown_again(Type::F64, nan), Some(nan));
        assert_eq!(number(Type::F64, "1e400"), None);
        assert_eq!(number(Type::F64, "nan:0x7fc00001"), None);
    }
}
