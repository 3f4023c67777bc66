//! The picture that is to be shown, as glyphs, and which of its rows the terminal does not show yet.

use crate::tui::paint::grid::{Glyph, Grid, Symbols};
use crate::tui::paint::ink::Ink;
use crate::tui::paint::{Caps, Picture, scroll};

/// The picture that was taken last.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub grid: Grid,
    /// Of the rows of `grid`.
    pub hashes: Vec<u64>,
    /// Rows that are not what the terminal shows, from the top.
    pub changed: Vec<usize>,
}

impl Taken {
    /// Takes over a picture.
    pub fn take(&mut self, picture: &Picture, caps: &Caps, symbols: &mut Symbols) {
        let (width, height) = (picture.area().width.into(), picture.area().height.into());
        if (self.grid.width, self.grid.height) != (width, height) {
            self.grid.fill(width, height, Glyph::blank(Ink::OWN));
        }
        for (y, cells) in picture.buffer.content.chunks(width.max(1)).enumerate() {
            self.grid.take(y, cells, caps.depth, symbols);
        }
        for link in picture.links.iter().filter(|link| caps.links && usize::from(link.y) < height) {
            self.grid.link(link, symbols);
        }
    }

    /// Finds the rows of it that the terminal does not show yet, and their hashes; the others have those of `old`.
    pub fn compare(&mut self, old: &Grid, old_hashes: &[u64]) {
        let (grid, hashes, changed) = (&self.grid, &mut self.hashes, &mut self.changed);
        hashes.clear();
        changed.clear();
        for (y, old_hash) in old_hashes.iter().enumerate() {
            if old.row(y) == grid.row(y) {
                hashes.push(*old_hash);
            } else {
                hashes.push(scroll::hash(grid.row(y)));
                changed.push(y);
            }
        }
    }
}
