//! A reply in plain lines: each paragraph is written once, when it is whole, laid out for the width there is.

use crate::tui::markdown::{Doc, Options};
use crate::tui::paint::Plain;
use crate::tui::text::{Face, Line, Prefix, width, wrap};
use crate::tui::theme::Meaning;
use std::io::{self, IsTerminal};

/// What is written where nobody wraps: a pipe, a file.
const ENDLESS: u16 = 10_000;

fn columns() -> u16 {
    if io::stdout().is_terminal() {
        crossterm::terminal::size().map_or(80, |(columns, _)| columns.max(20))
    } else {
        ENDLESS
    }
}

/// Lines that are too long broken between words: a terminal breaks them within one.
pub fn broken(text: &str) -> String {
    let columns = usize::from(columns());
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let whole = line.trim_end_matches('\n');
        if width(whole) <= columns {
            out.push_str(line);
            continue;
        }
        let mut rows = Vec::new();
        let face = Face::new(Meaning::Text);
        wrap(&Line::of(whole, face), columns, &mut Prefix::default(), &mut rows);
        let rows: Vec<&str> = rows.iter().map(|row| row.text().trim_end()).collect();
        out.push_str(&rows.join("\n"));
        out.push_str(&line[whole.len()..]);
    }
    out
}

pub struct Writer {
    doc: Doc,
    plain: Plain,
}

impl Writer {
    pub fn new() -> Self {
        let width = columns();
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
