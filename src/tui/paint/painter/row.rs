//! One row of the terminal made equal to one row of the picture: what differs is written, blanks are erased.

use super::{Painter, UNKNOWN};
use crate::tui::paint::grid::{Glyph, Grid};
use crate::tui::paint::ink::Ink;
use crate::tui::paint::pen;
use std::io::Write;

/// Blanks in the middle of a row that are worth an erase and a move instead of spaces.
const ERASE_FROM: usize = 12;

impl Painter {
    /// Makes row `at` of the terminal look like row `y` of the picture.
    pub(super) fn paint_row(&mut self, at: usize, y: usize, new: &Grid) {
        let row = new.row(y);
        if self.old.row(at) != row {
            self.change_row(at, row);
            self.old.row_mut(at).copy_from_slice(row);
        }
    }

    fn change_row(&mut self, at: usize, row: &[Glyph]) {
        let width = row.len();
        let tail = self.erasable_from(row);
        if self.old.row(at)[0] == UNKNOWN && self.caps.erase_fills {
            // nothing is known of this row: empty it with the background it ends in
            let ground = Glyph::blank(row[width - 1].look.bg);
            self.move_to(0, at);
            self.prepare(&ground);
            self.out.extend_from_slice(b"\x1b[K");
            self.old.row_mut(at).fill(ground);
        }
        let mut x = 0;
        // columns that a terminal may have written over by drawing an emoji wider than it is
        let mut spoilt = 0;
        while x < width {
            let glyph = row[x];
            if self.old.row(at)[x] == glyph && x >= spoilt {
                x += usize::from(glyph.width).max(1);
                continue;
            }
            if x >= tail && width - x > 3 {
                self.move_in_row(x, at, row);
                self.prepare(&glyph);
                self.out.extend_from_slice(b"\x1b[K");
                return;
            }
            let blanks = self.blank_run(row, x);
            if blanks >= ERASE_FROM && blanks < width - x {
                self.move_in_row(x, at, row);
                self.prepare(&glyph);
                write!(self.out, "\x1b[{blanks}X").expect("writing to memory does not fail");
                x += blanks;
                continue;
            }
            self.move_in_row(x, at, row);
            self.draw(glyph, x, at);
            let cells = usize::from(glyph.width).max(1);
            spoilt = spoilt.max(x + usize::from(glyph.reach));
            x += cells;
        }
    }

    fn draw(&mut self, glyph: Glyph, x: usize, y: usize) {
        self.prepare(&glyph);
        self.set_link(glyph.link);
        if let Some(id) = glyph.image() {
            self.images.touch(id);
            self.symbols.write(glyph.symbol, &mut self.out);
            self.at = (x + 1 < self.old.width).then_some((x + 1, y));
            return;
        }
        if glyph.loose {
            // a terminal that draws it narrower would leave the old right half standing
            let width = usize::from(glyph.width);
            if width > 1 {
                self.out.extend(std::iter::repeat_n(b' ', width));
                self.at = (x + width < self.old.width).then_some((x + width, y));
                self.move_to(x, y);
            }
            self.symbols.write(glyph.symbol, &mut self.out);
            self.at = None;
            return;
        }
        self.symbols.write(glyph.symbol, &mut self.out);
        let next = x + usize::from(glyph.width);
        // after the last column the cursor hangs between two rows
        self.at = (next < self.old.width).then_some((next, y));
    }

    /// The column from which the row is blank to its end in one background that an erase can make.
    fn erasable_from(&self, row: &[Glyph]) -> usize {
        let Some(last) = row.last().filter(|g| self.can_erase(g)) else { return row.len() };
        row.iter().rposition(|g| g != last).map_or(0, |x| x + 1)
    }

    fn can_erase(&self, glyph: &Glyph) -> bool {
        glyph.is_erasable() && (self.caps.erase_fills || glyph.look.bg == Ink::OWN)
    }

    fn blank_run(&self, row: &[Glyph], x: usize) -> usize {
        if !self.can_erase(&row[x]) {
            return 0;
        }
        row[x..].iter().take_while(|g| **g == row[x]).count()
    }

    /// Moves within a picture whose cells left of `x` in row `y` are already right: a short gap is written again
    /// where that is shorter than a move.
    fn move_in_row(&mut self, x: usize, y: usize, row: &[Glyph]) {
        if self.at == Some((x, y)) {
            return;
        }
        if let Some((from, at_y)) = self.at
            && at_y == y
            && from < x
            && x - from <= 4
        {
            let gap = &row[from..x];
            if row[x].link == 0 && gap.iter().all(|g| g.link == 0) {
                self.close_link();
            }
            let pen = self.pen.unwrap_or_default();
            let bytes: usize = gap.iter().map(|g| self.symbols.len(g.symbol)).sum();
            let same = gap.iter().all(|g| {
                !g.loose
                    && g.width == 1
                    && g.link == self.link
                    && pen::needed(pen, g.look, g.is_blank()) == pen
            });
            if same && self.pen.is_some() && bytes <= 4 {
                for glyph in gap {
                    self.symbols.write(glyph.symbol, &mut self.out);
                }
                self.at = Some((x, y));
                return;
            }
        }
        self.move_to(x, y);
    }
}
