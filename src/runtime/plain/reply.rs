//! A reply in plain lines: each paragraph is written once, when it is whole, laid out for the width there is.

use crate::tui::markdown::{Doc, Options};
use crate::tui::paint::Plain;
use std::io::{self, IsTerminal};

/// What is written where nobody wraps: a pipe, a file.
const ENDLESS: u16 = 10_000;

pub struct Writer {
    doc: Doc,
    plain: Plain,
}

impl Writer {
    pub fn new() -> Self {
        let width = if io::stdout().is_terminal() {
            crossterm::terminal::size().map_or(80, |(columns, _)| columns.max(20))
        } else {
            ENDLESS
        };
        // a table that does not fit is read as one card a row
        let options = Options { width, links: false, sideways: false };
        Self { doc: Doc::new(options), plain: Plain::default() }
    }

    /// Takes more text and writes what is whole now.
    pub fn push(&mut self, text: &str) {
        self.doc.push(text);
        self.write();
    }

    /// Writes the rest.
    pub fn finish(mut self) {
        self.doc.end();
        self.write();
    }

    fn write(&mut self) {
        // a terminal that is gone says so by SIGHUP
        let _ = self.plain.write(&mut self.doc, &mut io::stdout().lock());
    }
}
