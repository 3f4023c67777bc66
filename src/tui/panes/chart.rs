//! Bars stacked by part, and sparklines: drawn in cells, readable without colours.

use super::overlay::on;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The colours of the largest parts, in order; all others share the last.
const COLOURS: [Meaning; 6] =
    [Meaning::Accent, Meaning::Money, Meaning::Keyword, Meaning::Warn, Meaning::Function, Meaning::Dim];
/// Their fills where there are no colours.
const SHADES: [&str; 6] = ["█", "▓", "▒", "░", "▞", "·"];
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The colour of the part at this place, largest first.
pub fn colour(place: usize) -> Meaning {
    COLOURS[place.min(COLOURS.len() - 1)]
}

/// How many parts have a colour of their own.
pub const COLOURED: usize = COLOURS.len() - 1;

/// One bar: its label, and what each part measures, from the ground up.
pub struct Bar {
    pub label: String,
    pub parts: Vec<u64>,
    pub chosen: bool,
}

/// Bars side by side, each `wide` columns with a gap, labels under them.
pub fn stacked(canvas: &mut Canvas<'_>, area: Rect, wide: u16, bars: &[Bar]) {
    if area.height < 2 {
        return;
    }
    let most = bars.iter().map(|bar| sum(&bar.parts)).max().unwrap_or(0).max(1);
    let coloured = canvas.style(Meaning::Accent).fg != canvas.style(Meaning::Text).fg;
    for (place, bar) in bars.iter().enumerate() {
        let x = area.x + wide * u16::try_from(place).unwrap_or(0);
        let spot = Rect { x, width: wide - 1, height: area.height - 1, ..area };
        column(canvas, spot, &bar.parts, most, coloured);
        let panel = canvas.style(Meaning::Panel);
        let style =
            if bar.chosen { canvas.style(Meaning::Selection) } else { on(canvas, panel, Meaning::Dim) };
        canvas.text(x, area.bottom() - 1, wide, &bar.label, style);
    }
}

/// Absurd claims of a provider's make no absurd picture.
fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
}

/// One bar over the whole area, `most` being its full height.
fn column(canvas: &mut Canvas<'_>, area: Rect, parts: &[u64], most: u64, coloured: bool) {
    let sum = sum(parts);
    let whole = u64::from(area.height) * 8;
    let scaled =
        |n: u64| u64::try_from(u128::from(n) * u128::from(whole) / u128::from(most)).unwrap_or(whole);
    let mut top = scaled(sum);
    if top == 0 && sum > 0 {
        top = 1;
    }
    for up in 0..area.height {
        let from = u64::from(up) * 8;
        let filled = top.saturating_sub(from).min(8);
        if filled == 0 {
            return;
        }
        // the part that holds the middle of what is filled of this cell
        let part = part_at(parts, &scaled, from + filled / 2);
        let style = on(canvas, canvas.style(Meaning::Panel), colour(part));
        let block = if coloured || filled < 8 {
            EIGHTHS[usize::try_from(filled - 1).unwrap_or(7)]
        } else {
            SHADES[part.min(SHADES.len() - 1)]
        };
        let text = block.repeat(usize::from(area.width));
        canvas.text(area.x, area.bottom() - 1 - up, area.width, &text, style);
    }
}

fn part_at(parts: &[u64], scaled: &impl Fn(u64) -> u64, height: u64) -> usize {
    let mut sum = 0u64;
    for (place, part) in parts.iter().enumerate() {
        sum = sum.saturating_add(*part);
        if scaled(sum) > height {
            return place;
        }
    }
    parts.iter().rposition(|part| *part > 0).unwrap_or(0)
}

/// The newest values that fit, one a column.
pub fn sparkline(canvas: &mut Canvas<'_>, area: Rect, values: &[u64], style: Style) {
    let shown = values.len().min(usize::from(area.width));
    let values = &values[values.len() - shown..];
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let text: String = values
        .iter()
        .map(|value| match u128::from(*value) * 8 / u128::from(most) {
            0 if *value == 0 => " ",
            step => EIGHTHS[usize::try_from(step.max(1) - 1).unwrap_or(7)],
        })
        .collect();
    canvas.text(area.x, area.y, area.width, &text, style);
}
