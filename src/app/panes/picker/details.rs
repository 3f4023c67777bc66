//! How much room the details of a model have: the keys page by it, the picture is laid out by it.

use crate::app::Model;

/// With less inside its frame a row holds a name and its prices, and there is no row of filters or of sampling.
pub const NARROW: u16 = 60;
/// The largest the picker gets.
pub const LARGEST: (u16, u16) = (150, 44);
/// Above the endpoints: the model's name, what is known of it, the heads of the columns.
pub const HEADS: u16 = 3;

/// Rows of the list and its details together.
fn body(model: &Model) -> u16 {
    let inside = model.rows.min(LARGEST.1).saturating_sub(3);
    if model.columns >= NARROW + 2 && inside > 6 { inside - 3 } else { inside }
}

/// Rows for a model of so many lines (endpoints, and hosts behind them); on a small terminal there are details or a list.
pub fn rows(model: &Model, lines: usize) -> u16 {
    let body = body(model);
    let wanted = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(HEADS + 1);
    if body < 14 { body } else { wanted.min(body / 2) }
}

/// How many of so many lines are shown at once: all, or as many as leave a row for how many there are.
pub fn shown(model: &Model, lines: usize) -> usize {
    let rows = usize::from(rows(model, lines).saturating_sub(HEADS));
    if lines <= rows { lines } else { rows.saturating_sub(1) }
}
