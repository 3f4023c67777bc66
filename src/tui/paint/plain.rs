//! Rows as plain lines, one after another: for `--plain`, screen readers and terminals without a cursor.

use crate::tui::markdown::Doc;
use crate::tui::text::{Row, RowKind};
use std::io::{self, Write};

/// Writes a document line by line as it grows. Nothing is ever written twice and the cursor never moves back,
/// so only rows that will not change any more are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain {
    /// The section that is being written, and how many of its rows were.
    section: usize,
    written: usize,
}

impl Plain {
    /// Writes the rows that became final since the last call.
    ///
    /// # Errors
    /// `to` cannot be written.
    pub fn write(&mut self, doc: &mut Doc, to: &mut impl Write) -> io::Result<()> {
        loop {
            let (rows, whole) = doc.settled(self.section);
            for row in rows.get(self.written..).unwrap_or(&[]) {
                to.write_all(line(row).as_bytes())?;
                self.written += 1;
            }
            if !whole || self.section + 1 >= doc.sections() {
                return to.flush();
            }
            (self.section, self.written) = (self.section + 1, 0);
        }
    }
}

/// One row as text: drawn rules and frames say nothing to an ear.
fn line(row: &Row) -> String {
    let mut text = match row.kind {
        RowKind::Rule => "---".to_owned(),
        RowKind::CodeLabel => format!("[{}]", row.content().trim()),
        RowKind::Table if row.text().trim_start().starts_with('─') => return String::new(),
        _ => row.text().trim_end().to_owned(),
    };
    text = text.replace("▎ ", "> ");
    text.push('\n');
    text
}
