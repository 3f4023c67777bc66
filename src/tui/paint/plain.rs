//! Rows as plain lines, one after another: for `--plain`, screen readers and terminals without a cursor.

use crate::tui::text::{Row, RowKind};
use std::io::{self, Write};

/// Writes a document line by line as it grows. Nothing is ever written twice and the cursor never moves back,
/// so only rows that will not change any more are given to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain {
    written: usize,
}

impl Plain {
    /// Writes the rows that are new since the last call. `settled` is how many of them are final.
    ///
    /// # Errors
    /// `to` cannot be written.
    pub fn write(&mut self, rows: &[Row], settled: usize, to: &mut impl Write) -> io::Result<()> {
        let settled = settled.min(rows.len());
        for row in rows.get(self.written..settled).unwrap_or(&[]) {
            to.write_all(line(row).as_bytes())?;
            self.written += 1;
        }
        to.flush()
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
