//! A document that grows: finished blocks are laid out once, only the tail again.

use super::{Options, layout};
use crate::tui::text::Row;

/// A reply while it streams.
#[derive(Clone, Debug)]
pub struct StreamDoc {
    options: Options,
    text: String,
    rows: Vec<Row>,
    stale: bool,
}

impl StreamDoc {
    pub fn new(options: Options) -> StreamDoc {
        StreamDoc { options, text: String::new(), rows: Vec::new(), stale: false }
    }

    /// Takes more text. Costs nothing until the rows are asked for.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.stale = true;
    }

    /// All rows so far.
    pub fn rows(&mut self) -> &[Row] {
        if std::mem::take(&mut self.stale) {
            self.rows = layout(&self.text, self.options);
        }
        &self.rows
    }
}
