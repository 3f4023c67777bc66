//! How many columns text takes: by grapheme, with the same rule as ratatui's buffer.

use ratatui::buffer::CellWidth;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Columns between tab stops.
const TAB: usize = 4;

/// Columns that `text` takes. `text` holds no control characters; tabs are expanded before.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    graphemes(text).map(|(_, w)| w).sum()
}

/// The graphemes of `text` with the columns each takes (0, 1 or 2).
pub fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|g| (g, if g.len() == 1 { 1 } else { usize::from(g.cell_width()) }))
}

/// The beginning of `text` that fits into `columns`; ends in `…` when something was cut off.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(1);
    let mut used = 0;
    let mut end = 0;
    for (g, w) in graphemes(text) {
        if used + w > room {
            break;
        }
        used += w;
        end += g.len();
    }
    Cow::Owned(format!("{}{}", &text[..end], if columns > 0 { "…" } else { "" }))
}

/// Tabs become spaces up to the next stop, counted from `column`.
pub fn expand_tabs(text: &str, column: usize) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut at = column;
    for (i, part) in text.split('\t').enumerate() {
        if i > 0 {
            let n = TAB - at % TAB;
            out.extend(std::iter::repeat_n(' ', n));
            at += n;
        }
        out.push_str(part);
        at += width(part);
    }
    Cow::Owned(out)
}
