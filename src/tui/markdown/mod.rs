//! Markdown to rows: whole documents with [`layout`], replies that still grow with [`StreamDoc`].

mod stream;

pub use stream::StreamDoc;

use crate::tui::text::{Face, Line, Prefix, Row, expand_tabs, wrap};
use crate::tui::theme::Meaning;

/// How a document is laid out. Colours play no part: rows hold meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Columns that rows may take.
    pub width: u16,
    /// The terminal shows OSC 8 links; else the address is written behind the label.
    pub links: bool,
}

/// Lays out a finished document. The text may be anything; it is cleaned here.
pub fn layout(text: &str, options: Options) -> Vec<Row> {
    let text = crate::words::clean(text);
    let mut rows = Vec::new();
    for line in text.lines() {
        let line = Line::of(&expand_tabs(line, 0), Face::new(Meaning::Text));
        wrap(&line, options.width.into(), &mut Prefix::default(), &mut rows);
    }
    rows
}
