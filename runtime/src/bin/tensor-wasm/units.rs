//! Times and sizes on the command line.

use std::str::FromStr;
use std::time::Duration;

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let wrong = || "expected a number and a unit, as 500ms, 10s, 5m or 1h".to_owned();
    let (number, seconds) = units
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(wrong)?;
    let number = f64::from_str(number).map_err(|_| wrong())?;
    match Duration::try_from_secs_f64(number * seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("expected a time above zero".to_owned()),
    }
}

#[cfg(feature = "executor")]
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let (number, unit) = units
        .iter()
        .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)))
        .unwrap_or((text, 1));
    u64::from_str(&number.replace('_', ""))
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "expected a number of bytes, as 65536, 64KiB, 64MiB or 1GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit_and_are_above_zero() {
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["10", "", "s", "-1s", "0s", "1e400s", "nans", "tens"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "executor")]
    #[test]
    fn bytes_take_binary_units_and_do_not_overflow() {
        assert_eq!(bytes("65_536"), Ok(65_536));
        assert_eq!(bytes("64MiB"), Ok(64 << 20));
        for wrong in ["", "64MB", "-1", "1.5GiB", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
