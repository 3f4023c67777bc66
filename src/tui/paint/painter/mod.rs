//! Turns one picture into the next with as few bytes as the terminal allows: scroll, then write what differs.

mod cursor;
mod row;
mod taken;

use super::grid::{Glyph, Grid, Look, Symbols};
use super::images::Images;
use super::ink::Ink;
use super::scroll::{self, Move};
use super::{Caps, Picture, pen};
use crate::tui::image::Graphics;
use cursor::Saved;
use std::io::{self, Write};
use taken::Taken;

/// Frames larger than this are bracketed (synchronised output, or the cursor hidden): smaller ones arrive in one piece.
const LARGE: usize = 1_024;
/// Rows up to which scrolling by line feeds is shortest.
const FEEDS: usize = 6;

/// What one call of [`Painter::flush`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Painted {
    /// Bytes written; 0 when nothing had changed.
    pub bytes: usize,
    /// Rows by which a region was scrolled (negative: down).
    pub scrolled: isize,
    /// Something is left for the next frame, though nothing else may change.
    pub again: bool,
}

/// Knows what the terminal shows and in which state it is. One for each terminal.
#[derive(Debug)]
pub struct Painter {
    caps: Caps,
    symbols: Symbols,
    /// What the terminal shows.
    old: Grid,
    old_hashes: Vec<u64>,
    /// What it is to show.
    taken: Taken,
    /// The terminal's look for what comes next; `None` when unknown.
    pen: Option<Look>,
    /// Column and row of the cursor; `None` when unknown, as after the last column.
    at: Option<(usize, usize)>,
    visible: Option<bool>,
    saved: Option<Saved>,
    /// Frames in a row in which `saved` had another pen than was needed.
    misses: u8,
    region: Option<(usize, usize)>,
    link: u32,
    fresh: bool,
    images: Images,
    out: Vec<u8>,
}

impl Painter {
    pub fn new(caps: Caps) -> Painter {
        Painter {
            caps,
            symbols: Symbols::default(),
            old: Grid::default(),
            old_hashes: Vec::new(),
            taken: Taken::default(),
            pen: None,
            at: None,
            visible: None,
            saved: None,
            misses: 0,
            region: None,
            link: 0,
            fresh: true,
            images: Images::default(),
            out: Vec::new(),
        }
    }

    pub fn caps(&self) -> &Caps {
        &self.caps
    }

    /// The terminal answered a question, or the person asked for fewer colours.
    pub fn set_caps(&mut self, caps: Caps) {
        self.fresh |= caps.depth != self.caps.depth || caps.links != self.caps.links;
        self.caps = caps;
    }

    /// Somebody else wrote to the terminal, or it was resized: the next picture is painted whole.
    pub fn forget(&mut self) {
        self.fresh = true;
    }

    /// Somebody else had the whole terminal: it may have lost the images it was given.
    pub fn forget_images(&mut self) {
        self.images.forget();
    }

    /// Writes what turns the last picture into this one, in one write.
    /// After an error the terminal's state is unknown, and the next picture is painted whole.
    pub fn flush(&mut self, picture: &Picture, to: &mut impl Write) -> io::Result<Painted> {
        let scrolled = self.compose(picture);
        let bytes = self.out.len();
        if bytes > 0 {
            let written = to.write_all(&self.out).and_then(|()| to.flush());
            if let Err(error) = written {
                self.fresh = true;
                return Err(error);
            }
        }
        Ok(Painted { bytes, scrolled, again: self.images.again })
    }

    /// The bytes that lead from the last picture to this one; taken as written.
    pub fn bytes(&mut self, picture: &Picture) -> &[u8] {
        self.compose(picture);
        &self.out
    }

    fn compose(&mut self, picture: &Picture) -> isize {
        self.out.clear();
        if self.symbols.is_full() {
            self.symbols = Symbols::default();
            self.fresh = true;
        }
        self.taken.take(picture, &self.caps, &mut self.symbols);
        self.images.lay(picture, &self.caps, &mut self.taken.grid, &mut self.out);
        let (width, height) = (self.taken.grid.width, self.taken.grid.height);
        let wanted = picture.cursor.map(|p| (usize::from(p.x), usize::from(p.y)));
        let wanted = wanted.filter(|&(x, y)| x < width && y < height);

        if self.fresh || (self.old.width, self.old.height) != (width, height) {
            self.start_over();
        }
        self.taken.compare(&self.old, &self.old_hashes);
        self.save_cursor(wanted);
        // the painting methods need all of `self` beside it
        let taken = std::mem::take(&mut self.taken);
        let scrolled = self.paint(&taken);
        self.taken = taken;
        self.close_link();
        self.draw_images();
        self.old_hashes.clone_from(&self.taken.hashes);
        self.bracket();
        self.place_cursor(wanted);
        scrolled
    }

    /// Clears the terminal to the background that most of the new picture has.
    fn start_over(&mut self) {
        self.pen = None;
        self.at = None;
        self.saved = None;
        self.visible = None;
        self.link = 0;
        self.fresh = false;
        if self.caps.regions {
            self.out.extend_from_slice(b"\x1b[r");
        }
        self.region = None;
        let new = &self.taken.grid;
        let (width, height) = (new.width, new.height);
        let ground = if self.caps.erase_fills { common_ground(new) } else { Ink::OWN };
        self.set_pen(Look { bg: ground, ..Look::default() });
        self.out.extend_from_slice(b"\x1b[2J");
        self.old.fill(width, height, Glyph::blank(ground));
        self.old_hashes.clear();
        let empty = self.old.cells.get(..width).map_or(0, scroll::hash);
        self.old_hashes.resize(height, empty);
    }

    fn paint(&mut self, taken: &Taken) -> isize {
        let new = &taken.grid;
        // nobody says what becomes of pixels in rows that are scrolled
        let pixels = self.caps.images == Graphics::Sixel && self.images.are_shown();
        let found = if self.caps.regions && !pixels {
            scroll::find(&self.old, &self.old_hashes, new, &taken.hashes)
        } else {
            None
        };
        let Some(found) = found else {
            for &y in &taken.changed {
                self.paint_row(y, y, new);
            }
            return 0;
        };
        let Move { top, bottom, by } = found;
        let n = by.unsigned_abs();
        if by > 0 {
            // while the rows are still where they were: the last of them is then followed by a plain line feed
            for y in top..bottom - n {
                self.paint_row(y + n, y, new);
            }
        }
        self.scroll(found, new);
        for y in top..bottom {
            self.paint_row(y, y, new);
        }
        for &y in taken.changed.iter().filter(|y| !(top..bottom).contains(y)) {
            self.paint_row(y, y, new);
        }
        by
    }

    fn scroll(&mut self, Move { top, bottom, by }: Move, new: &Grid) {
        let n = by.unsigned_abs();
        if self.region != Some((top, bottom)) {
            // it stays set: the next scroll of the same region is one byte
            write!(self.out, "\x1b[{};{}r", top + 1, bottom).expect("writing to memory does not fail");
            self.region = Some((top, bottom));
            self.at = None;
        }
        self.close_link();
        // rows come in with the pen's background on some terminals and the default on others: unless that is the same,
        // nothing is known about them, or they are erased as they come in
        if self.pen.is_none() {
            self.set_pen(Look::default());
        }
        let ground =
            if by > 0 { new.row(bottom - 1) } else { new.row(top) }.last().map_or(Ink::OWN, |g| g.look.bg);
        let erase = by > 0 && n <= FEEDS && self.caps.erase_fills && ground != Ink::OWN;
        if erase || ground == Ink::OWN {
            self.prepare(&Glyph::blank(ground));
        }
        if by > 0 && n <= FEEDS {
            if self.at.is_none_or(|(_, y)| y != bottom - 1) {
                self.move_to(0, bottom - 1);
            }
            if erase && self.at != Some((0, bottom - 1)) {
                self.out.push(b'\r');
                self.at = Some((0, bottom - 1));
            }
            for _ in 0..n {
                self.out.extend_from_slice(if erase { b"\n\x1b[K" } else { b"\n" });
            }
        } else {
            self.move_to(0, top);
            let command = if by > 0 { 'M' } else { 'L' };
            if n == 1 { write!(self.out, "\x1b[{command}") } else { write!(self.out, "\x1b[{n}{command}") }
                .expect("writing to memory does not fail");
        }
        let width = self.old.width;
        let cells = &mut self.old.cells[top * width..bottom * width];
        let exposed = if erase || ground == Ink::OWN { Glyph::blank(ground) } else { UNKNOWN };
        if by > 0 {
            cells.rotate_left(n * width);
            let kept = cells.len() - n * width;
            cells[kept..].fill(exposed);
        } else {
            cells.rotate_right(n * width);
            cells[..n * width].fill(exposed);
        }
    }

    /// Images whose blanks have been written are drawn over them again.
    fn draw_images(&mut self) {
        let mut drawn = Vec::new();
        for (x, y, bytes) in self.images.due() {
            // a cursor that is left at the lower edge of a region would scroll it
            drawn.extend_from_slice(b"\x1b[r");
            let _ = write!(drawn, "\x1b[{};{}H", y + 1, x + 1);
            drawn.extend_from_slice(bytes);
        }
        if !drawn.is_empty() {
            self.out.append(&mut drawn);
            self.region = None;
            self.at = None;
        }
    }

    /// Gets the pen ready for a glyph.
    fn prepare(&mut self, glyph: &Glyph) {
        if glyph.link == 0 {
            self.close_link();
        }
        let now = self.pen.unwrap_or_default();
        let look =
            if self.pen.is_some() { pen::needed(now, glyph.look, glyph.is_blank()) } else { glyph.look };
        self.set_pen(look);
    }

    fn set_pen(&mut self, look: Look) {
        pen::change(self.pen, look, &mut self.out);
        self.pen = Some(look);
    }

    fn set_link(&mut self, link: u32) {
        if self.link == link {
            return;
        }
        self.out.extend_from_slice(b"\x1b]8;;");
        if let Some(url) = self.symbols.link(link) {
            self.out.extend_from_slice(url.as_bytes());
        }
        self.out.extend_from_slice(b"\x1b\\");
        self.link = link;
    }

    fn close_link(&mut self) {
        self.set_link(0);
    }

    /// A large frame is shown at once where the terminal can, and without a dancing cursor where it cannot.
    fn bracket(&mut self) {
        if self.out.len() < LARGE {
            return;
        }
        if self.caps.sync {
            self.out.splice(..0, SYNC_BEGIN.iter().copied());
        } else if self.visible != Some(false) {
            self.out.splice(..0, b"\x1b[?25l".iter().copied());
            self.visible = Some(false);
        }
    }
}

const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";

/// Equal to no glyph of a picture.
const UNKNOWN: Glyph = Glyph {
    width: u8::MAX,
    reach: 0,
    loose: true,
    link: u32::MAX,
    look: Look { fg: Ink::OWN, bg: Ink::OWN, mods: ratatui::style::Modifier::empty() },
    symbol: crate::tui::paint::grid::NOTHING,
};

fn common_ground(grid: &Grid) -> Ink {
    // corners tell: bands and panels stand at the edges, the conversation's ground is what most rows end in
    let mut counts: Vec<(Ink, usize)> = Vec::new();
    for y in 0..grid.height {
        let Some(bg) = grid.row(y).last().map(|g| g.look.bg) else { continue };
        match counts.iter_mut().find(|(known, _)| *known == bg) {
            Some((_, n)) => *n += 1,
            None => counts.push((bg, 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map_or(Ink::OWN, |(bg, _)| bg)
}
