//! Values on their way into a plot.

/// The most points of a build.
pub(super) const POINTS: usize = 400;

/// Those that can be shown, in order.
pub(super) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values: Vec<_> = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

/// At most [`POINTS`] of the values, evenly over their order, the ends included.
pub(super) fn thinned(sorted: &[f64]) -> impl Iterator<Item = f64> {
    let kept = sorted.len().min(POINTS);
    let last = sorted.len().saturating_sub(1);
    (0..kept).map(move |number| sorted[number * last / kept.saturating_sub(1).max(1)])
}

/// A quantile of sorted values, linear between neighbours (Hyndman and Fan,
/// 1996, type 7).
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let low = sorted.get(place.floor() as usize)?;
    let high = sorted.get(place.ceil() as usize)?;
    Some(low + (high - low) * place.fract())
}

/// From the least to the greatest, with some room: a plot of a single value has
/// a width too. None if there is nothing to show.
pub(super) fn padded<'a>(values: impl Iterator<Item = &'a f64>) -> Option<(f64, f64)> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.abs() < 1e100) {
        low = low.min(*value);
        high = high.max(*value);
    }
    if low > high {
        return None;
    }
    let room = ((high - low) * 0.06).max(high.abs() * 1e-3).max(1e-6);
    Some((low - room, high + room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let values = [1.0, 2.0, 4.0];
        assert_eq!(quantile(&values, 0.5), Some(2.0));
        assert_eq!(quantile(&values, 0.75), Some(3.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn many_points_become_few_and_keep_their_ends() {
        let values: Vec<_> = (0..10_000).map(f64::from).collect();
        let kept: Vec<_> = thinned(&values).collect();
        assert_eq!(kept.len(), POINTS);
        assert_eq!((kept[0], kept[POINTS - 1]), (0.0, 9_999.0));
        assert_eq!(thinned(&[7.0]).collect::<Vec<_>>(), [7.0]);
    }
}
