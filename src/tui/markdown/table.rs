//! Tables: natural columns if they fit, wrapped cells if not; wider than that they scroll sideways, or become cards.

use super::Options;
use crate::tui::text::{Face, Line, Prefix, Row, RowBuilder, RowKind, width, wrap};
use crate::tui::theme::Meaning;
use pulldown_cmark::Alignment;
use ratatui::style::Modifier;

/// Columns narrower than this are not made narrower.
const NARROWEST: usize = 8;
/// A word up to this long is not broken to make a column narrower.
const LONGEST_WORD: usize = 20;
/// Cells of a table that scrolls sideways are wrapped beyond this.
const WIDEST: usize = 32;
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

    /// `first`: the rows it goes on with, whose columns it keeps.
    pub fn lay_out(&self, first: Option<&Table>, options: Options, prefix: &mut Prefix, out: &mut Vec<Row>) {
        let from = out.len();
        let whole = usize::from(options.width);
        let room = whole.saturating_sub(prefix.width());
        let like = first.unwrap_or(self);
        let natural = like.columns(|line| line.width());
        let words = like.columns(|line| line.text().split(' ').map(width).max().unwrap_or(0));
        let least: Vec<usize> = natural
            .iter()
            .zip(&words)
            .map(|(n, word)| (*word).min(LONGEST_WORD).max((*n).min(NARROWEST)))
            .collect();
        let gaps = natural.len().saturating_sub(1) * SEPARATOR.len();
        match fit(&natural, &least, room.saturating_sub(gaps)) {
            Some(columns) => self.grid(first.is_none(), &columns, false, prefix, out),
            None if options.sideways => {
                let widest = WIDEST.min(room.saturating_sub(SEPARATOR.len())).max(NARROWEST);
                let columns: Vec<usize> =
                    natural.iter().zip(&least).map(|(n, least)| (*n).min(widest).max(*least)).collect();
                let name = prefix.width() + columns.first().map_or(0, |n| n + SEPARATOR.len());
                self.grid(first.is_none(), &columns, true, prefix, out);
                // the first column names the row: it stays, unless it would leave no room
                let stays = if name <= whole / 3 { name } else { prefix.width() };
                for row in &mut out[from..] {
                    row.stays = Some(u16::try_from(stays).unwrap_or(0));
                }
            }
            None => self.cards(&like.head, whole, prefix, out),
        }
        for row in &mut out[from..] {
            row.kind = RowKind::Table;
        }
    }

    /// A figure for each column: the greatest of its cells'.
    fn columns(&self, of: impl Fn(&Line) -> usize) -> Vec<usize> {
        let cells = |i: usize| self.rows.iter().filter_map(move |r| r.get(i)).chain(self.head.get(i));
        (0..self.alignment.len()).map(|i| cells(i).map(&of).max().unwrap_or(0).max(1)).collect()
    }

    /// `whole`: every row is as wide as the widest, so that all scroll alike.
    fn grid(&self, head: bool, columns: &[usize], whole: bool, prefix: &mut Prefix, out: &mut Vec<Row>) {
        if head {
            self.grid_row(&self.head, columns, whole, prefix, out);
            let rule: Vec<String> = columns.iter().map(|n| "─".repeat(*n)).collect();
            let mut line = Line::default();
            line.push(&rule.join(SEPARATOR), Face::new(Meaning::Border), None);
            wrap(&line, usize::MAX, prefix, out);
        }
        for row in &self.rows {
            self.grid_row(row, columns, whole, prefix, out);
        }
    }

    fn grid_row(
        &self,
        cells: &[Line],
        columns: &[usize],
        whole: bool,
        prefix: &mut Prefix,
        out: &mut Vec<Row>,
    ) {
        let empty = Line::default();
        let wrapped: Vec<Vec<Row>> = columns
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
                if whole || i + 1 < columns.len() {
                    row.push(&" ".repeat(free - left), plain, None);
                }
            }
            out.push(row.finish());
        }
    }

    /// A card for each row: `heading: value` lines.
    fn cards(&self, head: &[Line], width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        for (n, cells) in self.rows.iter().enumerate() {
            if n > 0 {
                out.push(Row::blank());
            }
            for (i, cell) in cells.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
                let mut line = Line::default();
                let name = head.get(i).map(Line::text).unwrap_or_default();
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
            for cell in head {
                wrap(cell, width, prefix, out);
            }
        }
    }
}

/// Widths of the columns: natural if they fit; else the widest give way first, none below its `least`.
/// `None` when even that is too wide.
fn fit(natural: &[usize], least: &[usize], room: usize) -> Option<Vec<usize>> {
    if natural.iter().sum::<usize>() <= room {
        return Some(natural.to_vec());
    }
    if least.iter().sum::<usize>() > room {
        return None;
    }
    let capped = |cap: usize| natural.iter().zip(least).map(move |(n, least)| (*n).min(cap).max(*least));
    // the greatest cap under which all columns together fit
    let (mut low, mut high) = (0, room);
    while low < high {
        let cap = (low + high).div_ceil(2);
        if capped(cap).sum::<usize>() <= room {
            low = cap;
        } else {
            high = cap - 1;
        }
    }
    let mut columns: Vec<usize> = capped(low).collect();
    let mut free = room - columns.iter().sum::<usize>();
    for (column, natural) in columns.iter_mut().zip(natural) {
        let more = free.min(natural - *column).min(1);
        *column += more;
        free -= more;
    }
    Some(columns)
}
