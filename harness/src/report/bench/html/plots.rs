//! The plots of the page, as SVG.
//!
//! Colours are written as they look on white; `style.css` replaces them where
//! the reader prefers dark. Okabe and Ito's palette (2008), which people who do
//! not see red and green apart can read. Everything is drawn at twice its size,
//! for the backend rounds to whole units.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::numbers;
use super::values::{POINTS, padded, quantile, sorted, thinned};
use crate::model::bench::{Fingerprint, PairEvidence};

/// The most runs of a history.
pub(super) const RUNS: usize = 60;

pub(super) const BASELINE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(super) const CURRENT: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// A run in a history.
pub(super) struct Point<'a> {
    pub(super) commit: &'a str,
    pub(super) fingerprint: &'a Fingerprint,
    pub(super) median_ns: f64,
    pub(super) spread_pct: Option<f64>,
    pub(super) is_now: bool,
}

/// What the processes of a build measured, in nanoseconds.
pub(super) struct Lane<'a> {
    name: &'static str,
    colour: RGBColor,
    values: &'a [f64],
}

impl<'a> Lane<'a> {
    pub(super) fn baseline(values: &'a [f64]) -> Lane<'a> {
        Lane {
            name: "baseline",
            colour: BASELINE,
            values,
        }
    }

    pub(super) fn current(values: &'a [f64]) -> Lane<'a> {
        Lane {
            name: "current",
            colour: CURRENT,
            values,
        }
    }
}

/// What each process measured, one build below the other: a dot a process, and a
/// box from the first to the third quartile with the median in it.
pub(super) fn distribution(lanes: &[Lane<'_>]) -> String {
    let title = "Nanoseconds of an iteration in each process";
    let height = 70 + 115 * lanes.len() as u32;
    svg((960, height), title, |area| {
        let Some((low, high)) = padded(lanes.iter().flat_map(|lane| lane.values)) else {
            return Ok(());
        };
        let top = lanes.len() as f64 - 0.15;
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .margin_left(60)
            .margin_right(60)
            .x_label_area_size(50)
            .build_cartesian_2d(low..high, -0.5..top)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .y_labels(0)
            .x_labels(5)
            .bold_line_style(GRID.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(INK.stroke_width(2))
            .label_style(text(26))
            .x_label_formatter(&|ns| numbers::time(*ns))
            .draw()?;
        for (below, lane) in lanes.iter().rev().enumerate() {
            let (y, colour) = (below as f64, lane.colour);
            let name = Text::new(lane.name, (low, y + 0.62), text(26).color(&colour));
            chart.draw_series([name])?;
            let values = sorted(lane.values);
            let quartiles = [0.25, 0.5, 0.75].map(|share| quantile(&values, share));
            let [Some(first), Some(middle), Some(third)] = quartiles else {
                continue;
            };
            chart.draw_series([Rectangle::new(
                [(first, y - 0.28), (third, y + 0.28)],
                colour.mix(0.22).filled(),
            )])?;
            chart.draw_series([PathElement::new(
                vec![(middle, y - 0.34), (middle, y + 0.34)],
                colour.stroke_width(6),
            )])?;
            let dots = thinned(&values).enumerate();
            chart.draw_series(dots.map(|(number, ns)| {
                // Side by side rather than on each other.
                let y = y + [-0.16, 0.06, -0.05, 0.17][number % 4];
                Circle::new((ns, y), 6, colour.mix(0.65).filled())
            }))?;
        }
        Ok(())
    })
}

/// The change of each round, first round on top, with the estimate and its
/// interval, against no change, the floor and the size to detect.
pub(super) fn rounds(effects: &[f64], pair: &PairEvidence) -> String {
    let title = "The change in each round, with the estimate and its interval";
    svg((960, 300), title, |area| {
        let ends = [-0.02, pair.to_detect + 0.01];
        let drawn = effects.iter().chain(&pair.interval).chain(&ends);
        let Some((low, high)) = padded(drawn) else {
            return Ok(());
        };
        let count = effects.len().max(1) as f64;
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .margin_top(40)
            .margin_left(60)
            .margin_right(60)
            .x_label_area_size(50)
            .build_cartesian_2d(low..high, (count + 0.5)..-0.5)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_y_axis()
            .y_labels(0)
            .x_labels(7)
            .axis_style(INK.stroke_width(2))
            .label_style(text(26))
            .x_label_formatter(&|effect| format!("{:+.1} %", effect * 100.0))
            .draw()?;
        let [from, to] = pair.interval;
        if from.is_finite() && to.is_finite() {
            chart.draw_series([Rectangle::new(
                [(from, -0.5), (to, count + 0.5)],
                CURRENT.mix(0.2).filled(),
            )])?;
        }
        let named = |name: &str, at: f64| format!("{name} {:.0} %", at * 100.0);
        let marks = [
            (0.0, 4, "0".to_owned()),
            (pair.floor, 2, named("floor", pair.floor)),
            (pair.to_detect, 2, named("to find", pair.to_detect)),
        ];
        for (at, width, _) in &marks {
            let (at, width) = (*at, *width);
            let line = vec![(at, -0.5), (at, count + 0.5)];
            chart.draw_series([PathElement::new(line, INK.mix(0.75).stroke_width(width))])?;
        }
        if pair.effect.is_finite() {
            let line = vec![(pair.effect, -0.5), (pair.effect, count + 0.5)];
            chart.draw_series([PathElement::new(line, CURRENT.stroke_width(6))])?;
        }
        let dots = effects.iter().take(POINTS).enumerate();
        let dots = dots.filter(|(_, effect)| effect.is_finite());
        chart.draw_series(dots.map(|(number, effect)| {
            let place = (*effect, number as f64 + 0.5);
            Circle::new(place, 6, BASELINE.mix(0.75).filled())
        }))?;
        let top = |at: f64| chart.backend_coord(&(at, -0.5));
        // Where one would lie on the one before it, that one says enough.
        let mut free = i32::MIN;
        for (at, _, name) in marks {
            let (x, y) = top(at);
            let half = 7 * name.len() as i32;
            if x - half >= free {
                area.draw_text(&name, &anchored(24), (x, y - 18))?;
                free = x + half;
            }
        }
        Ok(())
    })
}

/// Medians over commits, the oldest first, with one standard deviation up and
/// down. Runs on another machine are hollow and not joined.
pub(super) fn history(points: &[Point<'_>], here: &Fingerprint) -> String {
    let title = "Medians over the last commits, with one standard deviation";
    svg((1_960, 340), title, |area| {
        let points = &points[points.len().saturating_sub(RUNS)..];
        let ends = points.iter().flat_map(|point| {
            let spread = point.spread_pct.unwrap_or(0.0) / 100.0;
            [
                point.median_ns * (1.0 - spread),
                point.median_ns * (1.0 + spread),
            ]
        });
        let ends: Vec<_> = ends.collect();
        let Some((low, high)) = padded(ends.iter()) else {
            return Ok(());
        };
        let last = points.len() as f64 - 0.5;
        let mut chart = ChartBuilder::on(area)
            .margin(16)
            .margin_right(40)
            .x_label_area_size(50)
            .y_label_area_size(150)
            .build_cartesian_2d(-0.5..last, low..high)?;
        let label = |x: &f64| {
            let whole = (x - x.round()).abs() < 1e-6 && *x >= 0.0;
            let point = if whole {
                points.get(x.round() as usize)
            } else {
                None
            };
            point.map_or_else(String::new, |point| point.commit.chars().take(7).collect())
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(8)
            .y_labels(5)
            .bold_line_style(GRID.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(INK.stroke_width(2))
            .label_style(text(26))
            .x_label_formatter(&label)
            .y_label_formatter(&|ns| numbers::time(*ns))
            .draw()?;
        let places = points
            .iter()
            .enumerate()
            .filter(|(_, point)| point.median_ns.is_finite());
        let places: Vec<_> = places
            .map(|(number, point)| (number as f64, point, point.fingerprint == here))
            .collect();
        let joined = places.iter().filter(|(.., same)| *same);
        let joined = joined
            .map(|(x, point, _)| (*x, point.median_ns))
            .collect::<Vec<_>>();
        chart.draw_series([PathElement::new(joined, BASELINE.mix(0.5).stroke_width(3))])?;
        for (x, point, same) in &places {
            let y = point.median_ns;
            let spread = y * point.spread_pct.unwrap_or(0.0) / 100.0;
            let newest = point.is_now;
            let colour = if newest { CURRENT } else { BASELINE };
            let bar = vec![(*x, y - spread), (*x, y + spread)];
            chart.draw_series([PathElement::new(bar, colour.mix(0.6).stroke_width(3))])?;
            let style = if *same {
                colour.filled()
            } else {
                colour.stroke_width(3)
            };
            chart.draw_series([Circle::new((*x, y), if newest { 11 } else { 8 }, style)])?;
        }
        Ok(())
    })
}

/// An interval for a row of the table, from -3 % to +7 %.
pub(super) fn interval(pair: &PairEvidence) -> String {
    let title = format!(
        "{}, 95 % interval {}",
        numbers::change(pair.effect),
        numbers::interval(pair.interval)
    );
    svg((300, 36), &title, |area| {
        let (low, high) = (-0.03, 0.07);
        let inside = |effect: f64| effect.clamp(low, high);
        let chart = ChartBuilder::on(area)
            .margin_left(8)
            .margin_right(8)
            .build_cartesian_2d(low..high, 0.0..1.0)?;
        let mut chart = chart;
        chart.draw_series([PathElement::new(
            vec![(low, 0.5), (high, 0.5)],
            GRID.stroke_width(2),
        )])?;
        let marks = [(0.0, 4), (pair.floor, 2), (pair.to_detect, 2)];
        for (mark, width) in marks.into_iter().filter(|(mark, _)| *mark <= high) {
            let line = vec![(mark, 0.0), (mark, 1.0)];
            chart.draw_series([PathElement::new(line, INK.mix(0.75).stroke_width(width))])?;
        }
        let [from, to] = pair.interval;
        if [from, to, pair.effect]
            .iter()
            .all(|value| value.is_finite())
        {
            let bar = vec![(inside(from), 0.5), (inside(to), 0.5)];
            chart.draw_series([PathElement::new(bar, CURRENT.mix(0.6).stroke_width(10))])?;
            let dot = (inside(pair.effect), 0.5);
            chart.draw_series([Circle::new(dot, 9, CURRENT.filled())])?;
        }
        Ok(())
    })
}

/// Draws, and gives the picture its name for those who do not see it.
fn svg(size: (u32, u32), title: &str, draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut out = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut out, size).into_drawing_area();
        let drawn = draw(&area);
        drawn.and_then(|()| Ok(area.present()?))
    };
    if drawn.is_err() {
        return format!("<p>{title}: cannot be drawn</p>");
    }
    let title = super::escaped(title);
    let named = format!("<svg role=\"img\" aria-label=\"{title}\" ");
    let out = out.replacen("<svg ", &named, 1);
    // Every point is drawn in full colour; the last digits of its opacity and
    // the repeated names are most of the page.
    out.replace(" stroke=\"none\"", "")
        .replace(" opacity=\"1\"", "")
}

fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn anchored(size: u32) -> TextStyle<'static> {
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    text(size).pos(Pos::new(HPos::Center, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_no_plot_can_show_are_left_out() {
        let odd = [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e300];
        for values in [&[][..], &odd, &[5.0], &[5.0, 5.0], &[0.0], &[1.0, 1e99]] {
            for lanes in [
                &[Lane::current(values)][..],
                &[Lane::baseline(&odd), Lane::current(values)],
            ] {
                let plot = distribution(lanes);
                assert!(
                    plot.starts_with("<svg role") && !plot.contains("NaN"),
                    "{plot}"
                );
            }
        }
    }
}
