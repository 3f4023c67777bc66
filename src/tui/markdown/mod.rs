//! Markdown to rows: whole documents with [`layout`]; long ones, and replies that still grow, as far as they are seen with [`Doc`].
//!
//! Rows hold meanings, not colours, so they are kept for as long as the message and the width stay the same.

mod blocks;
mod doc;
mod fence;
mod flow;
mod highlight;
mod html;
mod inline;
mod known;
mod link;
mod math;
mod matrix;
mod outline;
mod section;
mod symbols;
mod table;
mod tail;
mod walk;

pub use doc::Doc;
pub use highlight::load as load_syntaxes;
pub use math::readable as readable_math;

use crate::tui::text::Row;

/// How a document is laid out. Colours play no part: rows hold meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Columns that rows may take.
    pub width: u16,
    /// The terminal shows OSC 8 links; else the address is written behind the label.
    pub links: bool,
    /// Tables that cannot fit keep their columns and are scrolled sideways; else each of their rows becomes a card.
    pub sideways: bool,
}

/// Lays out a finished document. The text may be anything; it is cleaned here.
pub fn layout(text: &str, options: Options) -> Vec<Row> {
    let mut doc = Doc::new(options);
    doc.push(text);
    doc.end();
    doc.all()
}
