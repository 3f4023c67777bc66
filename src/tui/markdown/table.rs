//! Tables that fit the width: natural columns if they fit, wrapped cells if not, cards when even those are too narrow.

use crate::tui::text::{Face, Line, Prefix, Row, Row as Cell, RowBuilder, RowKind, wrap};
use crate::tui::theme::Meaning;
use pulldown_cmark::Alignment;
use ratatui::style::Modifier;

/// Columns narrower than this make words unreadable: then a row becomes a card.
const NARROWEST: usize = 8;
/// Columns are parted by space alone: a line would change the pen twice for each cell.
const SEPARATOR: &str = "  ";

#[derive(Debug, Default)]
pub(super) struct Table {
    alignment: Vec<Alignment>,
    head: Vec<Line>,
    pub rows: Vec<Vec<Line>>,
}

impl Table {
    pub fn new(alignment: Vec<Alignment>) -> Table {
        Table { alignment, ..Table::default() }
    }

    /// The next cell: of the head until the first row begins.
    pub fn cell(&mut self, line: Line) {
        self.rows.last_mut().unwrap_or(&mut self.head).push(line);
    }

    pub fn lay_out(&self, width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        let from = out.len();
        let room = width.saturating_sub(prefix.width());
        let natural: Vec<usize> = (0..self.alignment.len())
            .map(|i| {
                let cells = self.rows.iter().filter_map(|r| r.get(i)).chain(self.head.get(i));
                cells.map(Line::width).max().unwrap_or(0).max(1)
            })
            .collect();
        let gaps = natural.len().saturating_sub(1) * SEPARATOR.len();
        match fit(&natural, room.saturating_sub(gaps)) {
            Some(columns) => self.grid(&columns, width, prefix, out),
            None => self.cards(width, prefix, out),
        }
        for row in &mut out[from..] {
            row.kind = RowKind::Table;
        }
    }

    fn grid(&self, columns: &[usize], width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        self.grid_row(&self.head, columns, prefix, out);
        let rule: Vec<String> = columns.iter().map(|n| "─".repeat(*n)).collect();
        let mut line = Line::default();
        line.push(&rule.join(SEPARATOR), Face::new(Meaning::Border), None);
        wrap(&line, width, prefix, out);
        for row in &self.rows {
            self.grid_row(row, columns, prefix, out);
        }
    }

    fn grid_row(&self, cells: &[Line], columns: &[usize], prefix: &mut Prefix, out: &mut Vec<Row>) {
        let empty = Line::default();
        let wrapped: Vec<Vec<Cell>> = columns
            .iter()
            .enumerate()
            .map(|(i, width)| {
                let mut rows = Vec::new();
                wrap(cells.get(i).unwrap_or(&empty), *width, &mut Prefix::default(), &mut rows);
                rows
            })
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(1);
        for y in 0..height {
            let mut row = RowBuilder::default();
            for (text, face) in prefix.take() {
                row.push(&text, face, None);
            }
            row.end_gutter();
            for (i, width) in columns.iter().enumerate() {
                if i > 0 {
                    row.push(SEPARATOR, Face::new(Meaning::Text), None);
                }
                let cell = wrapped[i].get(y);
                let free = width.saturating_sub(cell.map_or(0, Row::width));
                let left = match self.alignment.get(i) {
                    Some(Alignment::Right) => free,
                    Some(Alignment::Center) => free / 2,
                    _ => 0,
                };
                let plain = Face::new(Meaning::Text);
                row.push(&" ".repeat(left), plain, None);
                for (text, face, link) in cell.iter().flat_map(|c| c.pieces()) {
                    row.push(text, face, link);
                }
                if i + 1 < columns.len() {
                    row.push(&" ".repeat(free - left), plain, None);
                }
            }
            out.push(row.finish());
        }
    }

    /// A card for each row: `heading: value` lines.
    fn cards(&self, width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        for (n, cells) in self.rows.iter().enumerate() {
            if n > 0 {
                out.push(Row::blank());
            }
            for (i, cell) in cells.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
                let mut line = Line::default();
                let name = self.head.get(i).map(Line::text).unwrap_or_default();
                if !name.is_empty() {
                    line.push(&format!("{name}: "), Face::new(Meaning::Text).with(Modifier::BOLD), None);
                }
                for piece in &cell.pieces {
                    line.push(&piece.text, piece.face, piece.link.as_ref());
                }
                wrap(&line, width, prefix, out);
            }
        }
        if self.rows.is_empty() {
            for cell in &self.head {
                wrap(cell, width, prefix, out);
            }
        }
    }
}

/// Widths of the columns: natural if they fit; else the widest give way first. `None` when they would get too narrow.
fn fit(natural: &[usize], room: usize) -> Option<Vec<usize>> {
    if natural.iter().sum::<usize>() <= room {
        return Some(natural.to_vec());
    }
    let least: usize = natural.iter().map(|n| (*n).min(NARROWEST)).sum();
    if least > room {
        return None;
    }
    // the greatest cap under which all columns together fit
    let (mut low, mut high) = (NARROWEST, room);
    while low < high {
        let cap = (low + high).div_ceil(2);
        if natural.iter().map(|n| (*n).min(cap)).sum::<usize>() <= room {
            low = cap;
        } else {
            high = cap - 1;
        }
    }
    let mut columns: Vec<usize> = natural.iter().map(|n| (*n).min(low)).collect();
    let mut free = room - columns.iter().sum::<usize>();
    for (column, natural) in columns.iter_mut().zip(natural) {
        let more = free.min(natural - *column).min(1);
        *column += more;
        free -= more;
    }
    Some(columns)
}
