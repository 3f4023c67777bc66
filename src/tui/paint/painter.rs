//! Turns one picture into the next with as few bytes as the terminal allows: scroll, then write what differs.

use super::grid::{Glyph, Grid, Look, Symbols};
use super::images::Images;
use super::scroll::{self, Move};
use super::{Caps, Picture, pen};
use crate::tui::image::Graphics;
use ratatui::style::Color;
use std::io::{self, Write};

/// Frames larger than this are bracketed (synchronised output, or the cursor hidden): smaller ones arrive in one piece.
const LARGE: usize = 1_024;
/// Blanks in the middle of a row that are worth an erase and a move instead of spaces.
const ERASE_FROM: usize = 12;

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

/// What the terminal remembers for `ESC 8`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Saved {
    at: (usize, usize),
    pen: Look,
}

/// Knows what the terminal shows and in which state it is. One for each terminal.
#[derive(Debug)]
pub struct Painter {
    caps: Caps,
    symbols: Symbols,
    /// What the terminal shows.
    old: Grid,
    old_hashes: Vec<u64>,
    new: Grid,
    new_hashes: Vec<u64>,
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
            new: Grid::default(),
            new_hashes: Vec::new(),
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
        let mut new = std::mem::take(&mut self.new);
        new.take(picture, self.caps.depth, self.caps.links, &mut self.symbols);
        self.images.lay(picture, &self.caps, &mut new, &mut self.out);
        self.new_hashes.clear();
        let known = self.old_hashes.len() == new.height && self.old.width == new.width;
        for y in 0..new.height {
            let row = new.row(y);
            let same = known && self.old.row(y) == row;
            self.new_hashes.push(if same { self.old_hashes[y] } else { scroll::hash(row) });
        }
        let wanted = picture.cursor.map(|p| (usize::from(p.x), usize::from(p.y)));
        let wanted = wanted.filter(|&(x, y)| x < new.width && y < new.height);

        if self.fresh || (self.old.width, self.old.height) != (new.width, new.height) {
            self.start_over(&new);
        }
        self.save_cursor(wanted, &new);
        let scrolled = self.paint(picture, &new);
        self.close_link();
        self.draw_images();
        self.new = new;
        std::mem::swap(&mut self.old, &mut self.new);
        std::mem::swap(&mut self.old_hashes, &mut self.new_hashes);
        self.bracket();
        self.place_cursor(wanted);
        scrolled
    }

    /// Clears the terminal to the background that most of the new picture has.
    fn start_over(&mut self, new: &Grid) {
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
        let ground = if self.caps.erase_fills { common_ground(new) } else { Color::Reset };
        self.set_pen(Look { bg: ground, ..Look::default() });
        self.out.extend_from_slice(b"\x1b[2J");
        self.old.fill(new.width, new.height, Glyph::blank(ground));
        self.old_hashes.clear();
        let empty = self.old.cells.get(..new.width).map_or(0, scroll::hash);
        self.old_hashes.resize(new.height, empty);
    }

    fn paint(&mut self, picture: &Picture, new: &Grid) -> isize {
        // nobody says what becomes of pixels in rows that are scrolled
        let pixels = self.caps.images == Graphics::Sixel && self.images.are_shown();
        let found = if self.caps.regions && !pixels {
            scroll::find(&self.old, &self.old_hashes, new, &self.new_hashes, &picture.scrolls)
        } else {
            None
        };
        let Some(found) = found else {
            for y in 0..new.height {
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
        for y in (0..top).chain(bottom..new.height) {
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
        let ground = if by > 0 { new.row(bottom - 1) } else { new.row(top) }
            .last()
            .map_or(Color::Reset, |g| g.look.bg);
        let erase = by > 0 && n <= FEEDS && self.caps.erase_fills && ground != Color::Reset;
        if erase || ground == Color::Reset {
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
        let exposed = if erase || ground == Color::Reset { Glyph::blank(ground) } else { UNKNOWN };
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

    /// Makes row `at` of the terminal look like row `y` of the picture.
    fn paint_row(&mut self, at: usize, y: usize, new: &Grid) {
        let row = new.row(y);
        if self.old.row(at) == row {
            return;
        }
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
                self.old.row_mut(at)[x..].copy_from_slice(&row[x..]);
                return;
            }
            let blanks = self.blank_run(row, x);
            if blanks >= ERASE_FROM && blanks < width - x {
                self.move_in_row(x, at, row);
                self.prepare(&glyph);
                write!(self.out, "\x1b[{blanks}X").expect("writing to memory does not fail");
                self.old.row_mut(at)[x..x + blanks].copy_from_slice(&row[x..x + blanks]);
                x += blanks;
                continue;
            }
            self.move_in_row(x, at, row);
            self.draw(glyph, x, at);
            let cells = usize::from(glyph.width).max(1);
            spoilt = spoilt.max(x + usize::from(glyph.reach));
            let end = (x + cells).min(width);
            self.old.row_mut(at)[x..end].copy_from_slice(&row[x..end]);
            x = end;
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

    /// The column from which the row is blank to its end in one background that an erase can make.
    fn erasable_from(&self, row: &[Glyph]) -> usize {
        let Some(last) = row.last().filter(|g| self.can_erase(g)) else { return row.len() };
        row.iter().rposition(|g| g != last).map_or(0, |x| x + 1)
    }

    fn can_erase(&self, glyph: &Glyph) -> bool {
        glyph.is_erasable() && (self.caps.erase_fills || glyph.look.bg == Color::Reset)
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

    fn move_to(&mut self, x: usize, y: usize) {
        if self.at == Some((x, y)) {
            return;
        }
        write_move(self.at, (x, y), self.region, &mut self.out);
        self.at = Some((x, y));
    }

    /// Remembers where the caret stands, so that coming back after painting elsewhere takes two bytes.
    fn save_cursor(&mut self, wanted: Option<(usize, usize)>, new: &Grid) {
        let Some(caret) = wanted else { return };
        let (Some(pen), true) = (self.pen, self.at == Some(caret)) else { return };
        if self.new_hashes == self.old_hashes && self.old.cells == new.cells {
            return;
        }
        let stale = self.saved.is_none_or(|s| s.at != caret || (s.pen != pen && self.misses >= 4));
        if stale {
            self.out.extend_from_slice(b"\x1b7");
            self.saved = Some(Saved { at: caret, pen });
            self.misses = 0;
        }
    }

    fn place_cursor(&mut self, wanted: Option<(usize, usize)>) {
        if let Some((x, y)) = wanted
            && self.at != Some((x, y))
        {
            let mut moved = Vec::new();
            write_move(self.at, (x, y), self.region, &mut moved);
            let saved = self.saved.filter(|s| s.at == (x, y));
            // the pen comes back with the position: what was painted last is likely to be painted next
            match saved {
                Some(s) if 2 + pen::cost(Some(s.pen), self.pen.unwrap_or_default()) < moved.len() + 1 => {
                    self.out.extend_from_slice(b"\x1b8");
                    self.pen = Some(s.pen);
                    self.misses = 0;
                }
                _ => {
                    self.misses = self.misses.saturating_add(u8::from(saved.is_some()));
                    self.out.extend_from_slice(&moved);
                }
            }
            self.at = Some((x, y));
        }
        if self.visible != Some(wanted.is_some()) {
            self.out.extend_from_slice(if wanted.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.visible = Some(wanted.is_some());
        }
        if self.caps.sync && self.out.starts_with(SYNC_BEGIN) {
            self.out.extend_from_slice(b"\x1b[?2026l");
        }
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
    look: Look { fg: Color::Reset, bg: Color::Reset, mods: ratatui::style::Modifier::empty() },
    symbol: super::grid::NOTHING,
};

fn common_ground(grid: &Grid) -> Color {
    // corners tell: bands and panels stand at the edges, the conversation's ground is what most rows end in
    let mut counts: Vec<(Color, usize)> = Vec::new();
    for y in 0..grid.height {
        let Some(bg) = grid.row(y).last().map(|g| g.look.bg) else { continue };
        match counts.iter_mut().find(|(known, _)| *known == bg) {
            Some((_, n)) => *n += 1,
            None => counts.push((bg, 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map_or(Color::Reset, |(bg, _)| bg)
}

/// The shortest move of the cursor. Line feeds only where they cannot scroll; relative moves stop at a region's edge.
fn write_move(
    from: Option<(usize, usize)>,
    (x, y): (usize, usize),
    region: Option<(usize, usize)>,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    let best = |out: &mut Vec<u8>, candidate: &[u8]| {
        if out.len() == start || candidate.len() < out.len() - start {
            out.truncate(start);
            out.extend_from_slice(candidate);
        }
    };
    let absolute = match (x, y) {
        (0, 0) => "\x1b[H".to_owned(),
        (0, y) => format!("\x1b[{}H", y + 1),
        (x, y) => format!("\x1b[{};{}H", y + 1, x + 1),
    };
    best(out, absolute.as_bytes());
    let Some((fx, fy)) = from else { return };
    let right = |n: usize| match n {
        0 => String::new(),
        1 => "\x1b[C".to_owned(),
        n => format!("\x1b[{n}C"),
    };
    if fy == y {
        if x >= fx {
            best(out, right(x - fx).as_bytes());
        } else {
            if fx - x <= 3 {
                best(out, &b"\x08\x08\x08"[..fx - x]);
            }
            best(out, format!("\x1b[{}D", fx - x).as_bytes());
        }
        best(out, format!("\r{}", right(x)).as_bytes());
    } else if y > fy && y - fy <= 3 {
        let crosses = region.is_some_and(|(_, bottom)| (fy..y).contains(&(bottom - 1)));
        if !crosses {
            let feeds = &"\n\n\n"[..y - fy];
            best(out, format!("\r{feeds}{}", right(x)).as_bytes());
            if x >= fx {
                best(out, format!("{feeds}{}", right(x - fx)).as_bytes());
            }
        }
    } else if fy == y + 1 && x == fx && region.is_none_or(|(top, _)| fy != top) {
        best(out, b"\x1b[A");
    }
}
