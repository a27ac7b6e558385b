//! Numbers as people read them.

use crate::model::bench::{Evidence, ExactKind, Judged};

/// A time in the unit that leaves one to three digits before the point, as
/// `1.234 ms`; three or four digits in all.
pub(super) fn time(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    // A unit is taken a little early, so that 999.96 ns does not become 1000 ns.
    let (scale, unit) = units
        .into_iter()
        .find(|(scale, _)| ns >= scale * 0.9995)
        .unwrap_or((1.0, "ns"));
    let value = ns / scale;
    let digits = match value {
        value if value < 9.9995 => 3,
        value if value < 99.995 => 2,
        _ => 1,
    };
    format!("{value:.digits$} {unit}")
}

/// A whole number with separators, as `143,340`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A ratio less one as a change, as `+5.1 %`. A change that is not zero is
/// never shown as `0.0`.
pub(super) fn change(effect: f64) -> String {
    format!("{} %", percent(effect))
}

/// An interval of changes, as `+4.0 to +6.1 %`.
pub(super) fn interval([low, high]: [f64; 2]) -> String {
    format!("{} to {} %", percent(low), percent(high))
}

fn percent(effect: f64) -> String {
    let percent = effect * 100.0;
    let size = percent.abs();
    if percent == 0.0 {
        "0".to_owned()
    } else if size < 0.05 {
        let sign = if percent < 0.0 { '-' } else { '+' };
        format!("{sign}<0.1")
    } else if size >= 999.5 {
        format!("{percent:+.1e}")
    } else if size >= 99.95 {
        format!("{percent:+.0}")
    } else {
        format!("{percent:+.1}")
    }
}

/// A share as percent, as `1.2 %`.
pub(super) fn share(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A number of things, as `1 metric` and `2 metrics`.
pub(super) fn many(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(number as u64))
}

/// A duration in seconds, as `2 min 05 s`.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 99.5 {
        return format!("{seconds:.0} s");
    }
    let seconds = seconds.round() as u64;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

/// A quantile as people name it, as `p99.9`.
pub(super) fn quantile(quantile: f64) -> String {
    let percent = format!("{:.4}", quantile * 100.0);
    format!("p{}", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// What a metric was and is; a limit and an estimate for a tail.
pub(super) fn both(judged: &Judged) -> [String; 2] {
    match &judged.evidence {
        Evidence::Exact { baseline, current } => {
            let bytes = [ExactKind::CodeBytes, ExactKind::SerializedBytes]
                .into_iter()
                .chain([ExactKind::AllocatedBytes])
                .any(|kind| judged.metric.as_str().starts_with(kind.name()));
            let unit = if bytes { " B" } else { "" };
            [baseline, current].map(|value| format!("{}{unit}", count(*value)))
        }
        Evidence::Pair(pair) => pair.median_ns.map(time),
        Evidence::Stored(stored) => [stored.baseline_ns, stored.current_ns].map(time),
        Evidence::Tail {
            limit_ns,
            estimate_ns,
            ..
        } => [format!("limit {}", time(*limit_ns)), time(*estimate_ns)],
    }
}

/// By how much a metric changed, as a ratio less one; none for a tail, which is
/// compared with a limit, and from a count of zero.
pub(super) fn effect(judged: &Judged) -> Option<f64> {
    match &judged.evidence {
        Evidence::Exact { baseline, current } => match (*baseline, *current) {
            (0, 0) => Some(0.0),
            (0, _) => None,
            (baseline, current) => Some(current as f64 / baseline as f64 - 1.0),
        },
        Evidence::Pair(pair) => Some(pair.effect),
        Evidence::Stored(stored) => Some(stored.effect),
        Evidence::Tail { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_that_fits() {
        let cases = [
            (0.25, "0.250 ns"),
            (5.4321, "5.432 ns"),
            (99.996, "100.0 ns"),
            (999.96, "1.000 µs"),
            (12_345.0, "12.35 µs"),
            (25_000_000.0, "25.00 ms"),
            (1.5e9, "1.500 s"),
            (4e12, "4000.0 s"),
        ];
        for (ns, shown) in cases {
            assert_eq!(time(ns), shown);
        }
    }

    #[test]
    fn a_change_that_is_small_is_not_shown_as_none() {
        let cases = [
            (0.0, "0 %"),
            (0.0001, "+<0.1 %"),
            (-0.0001, "-<0.1 %"),
            (0.0512, "+5.1 %"),
            (1.5, "+150 %"),
            (-0.5, "-50.0 %"),
            (1e4, "+1.0e6 %"),
        ];
        for (effect, shown) in cases {
            assert_eq!(change(effect), shown);
        }
    }

    #[test]
    fn numbers_durations_and_quantiles() {
        assert_eq!([0, 999, 1_000].map(count), ["0", "999", "1,000"]);
        assert_eq!(
            [9.4, 99.5, 3725.0].map(duration),
            ["9 s", "1 min 40 s", "62 min 05 s"]
        );
        assert_eq!([0.5, 0.95, 0.999].map(quantile), ["p50", "p95", "p99.9"]);
    }
}
