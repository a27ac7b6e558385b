//! Floats that digits do not spell, as arguments have them everywhere: `inf`, `-inf`,
//! `nan`, which is the canonical NaN, and a NaN by all its bits, as `nan:0x7fc00001`.

/// The bits of such an `f32`; none if the text spells none.
pub fn special_f32(text: &str) -> Option<u32> {
    match text {
        "inf" => Some(f32::INFINITY.to_bits()),
        "-inf" => Some(f32::NEG_INFINITY.to_bits()),
        "nan" => Some(0x7fc0_0000),
        _ => {
            let bits = u32::try_from(nan(text, 8)?).ok()?;
            f32::from_bits(bits).is_nan().then_some(bits)
        }
    }
}

/// The bits of such an `f64`.
pub fn special_f64(text: &str) -> Option<u64> {
    match text {
        "inf" => Some(f64::INFINITY.to_bits()),
        "-inf" => Some(f64::NEG_INFINITY.to_bits()),
        "nan" => Some(0x7ff8_0000_0000_0000),
        _ => {
            let bits = nan(text, 16)?;
            f64::from_bits(bits).is_nan().then_some(bits)
        }
    }
}

/// Exactly as many digits as the type has: a missing one is more likely a mistake than
/// a small number.
fn nan(text: &str, digits: usize) -> Option<u64> {
    let bits = text.strip_prefix("nan:0x")?;
    let is_all = bits.len() == digits && bits.bytes().all(|it| it.is_ascii_hexdigit());
    is_all.then(|| u64::from_str_radix(bits, 16).ok())?
}
