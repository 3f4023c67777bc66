//! The last picture as glyphs: of the next one only rows that differ are turned into glyphs again.

use crate::tui::paint::grid::{Glyph, Grid, Symbols};
use crate::tui::paint::{Caps, Link, Picture, scroll};
use ratatui::buffer::Cell;
use ratatui::style::Color;

/// The picture that was taken last.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Its cells and links, by which the next one is compared.
    cells: Vec<Cell>,
    links: Vec<Link>,
    /// Images were laid over its glyphs.
    images: bool,
    pub grid: Grid,
    /// Of the rows of `grid`.
    pub hashes: Vec<u64>,
    /// Rows that are not what the terminal shows, from the top.
    pub changed: Vec<usize>,
}

impl Taken {
    /// Takes over a picture. `all`: nothing that was taken before holds.
    pub fn take(&mut self, picture: &Picture, caps: &Caps, all: bool, symbols: &mut Symbols) {
        let (width, height) = (picture.area().width.into(), picture.area().height.into());
        // what images are laid over is not what the cells say
        let images = !picture.slices.is_empty();
        let all = all || images || self.images || (self.grid.width, self.grid.height) != (width, height);
        self.images = images;
        if all {
            self.cells.clone_from(&picture.buffer.content);
            self.grid.fill(width, height, Glyph::blank(Color::Reset));
            self.hashes.clear();
            self.hashes.resize(height, 0);
        }
        let relinked = caps.links && self.links != picture.links;
        let linked = |y: usize| {
            relinked && self.links.iter().chain(&picture.links).any(|link| usize::from(link.y) == y)
        };
        self.changed.clear();
        for y in 0..height {
            let (from, to) = (y * width, (y + 1) * width);
            let cells = &picture.buffer.content[from..to];
            let differs = self.cells[from..to] != *cells;
            if differs {
                self.cells[from..to].clone_from_slice(cells);
            }
            if all || differs || linked(y) {
                self.grid.take(y, cells, caps.depth, symbols);
                self.changed.push(y);
            }
        }
        if caps.links {
            let here = |link: &&Link| self.changed.binary_search(&link.y.into()).is_ok();
            for link in picture.links.iter().filter(here) {
                self.grid.link(link, symbols);
            }
        }
        if relinked {
            self.links.clone_from(&picture.links);
        }
    }

    /// Finds what of it the terminal does not show yet. `all`: the terminal shows something else altogether.
    pub fn compare(&mut self, old: &Grid, all: bool) {
        for &y in &self.changed {
            self.hashes[y] = scroll::hash(self.grid.row(y));
        }
        if all {
            self.changed = (0..self.grid.height).collect();
        }
        self.changed.retain(|&y| old.row(y) != self.grid.row(y));
    }
}
