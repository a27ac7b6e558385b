//! A change and its interval as a few characters around zero.

use crate::model::bench::{FLOOR, TO_DETECT};

/// From -3 % to +7 %, half a percent each: slowdowns are what is looked for.
const LEFT: f64 = -0.03;
const STEP: f64 = 0.005;

/// Columns.
pub(super) const WIDTH: usize = 21;

/// The column of a change, which may lie outside.
fn column(effect: f64) -> f64 {
    ((effect - LEFT) / STEP).round()
}

fn inside(effect: f64) -> usize {
    column(effect).clamp(0.0, (WIDTH - 1) as f64) as usize
}

/// The interval as a bar, the change as a dot on it, `|` at zero, `:` at the floor
/// and at the size to detect of this metric, and `<` or `>` where something goes on
/// outside.
pub(super) fn draw(effect: f64, [low, high]: [f64; 2], marks: [f64; 2], ascii: bool) -> String {
    let (bar, dot, ground) = if ascii {
        ('=', 'O', '.')
    } else {
        ('━', '●', '·')
    };
    if [effect, low, high].iter().any(|value| value.is_nan()) {
        return "?".to_owned();
    }
    let mut cells = vec![ground; WIDTH];
    cells[inside(0.0)] = '|';
    for mark in marks
        .into_iter()
        .filter(|mark| column(*mark) < WIDTH as f64)
    {
        cells[inside(mark)] = ':';
    }
    for cell in &mut cells[inside(low)..=inside(high.max(low))] {
        *cell = bar;
    }
    cells[inside(effect)] = dot;
    if column(low) < 0.0 {
        cells[0] = '<';
    }
    if column(high) > (WIDTH - 1) as f64 {
        cells[WIDTH - 1] = '>';
    }
    cells.into_iter().collect()
}

/// What stands above the pictures: the ends, zero, and where the floor and the size
/// to detect of most metrics are, each at its column.
pub(super) fn scale() -> String {
    let mut cells = vec![' '; WIDTH + 1];
    let marks = [
        LEFT,
        0.0,
        FLOOR,
        TO_DETECT,
        LEFT + STEP * (WIDTH - 1) as f64,
    ];
    for mark in marks {
        let label = format!("{:.0}", mark * 100.0);
        let last = mark == marks[4];
        let label = if last { format!("{label}%") } else { label };
        let start = inside(mark);
        for (offset, character) in label.chars().enumerate() {
            if let Some(cell) = cells.get_mut(start + offset) {
                *cell = character;
            }
        }
    }
    let text: String = cells.into_iter().collect();
    text.trim_end().to_owned()
}
