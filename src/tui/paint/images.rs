//! Images among the cells: which the terminal has been given, which cells show them, when one must be drawn again.
//!
//! A cell that shows a part of an image is a glyph like any other: it is compared, scrolled and overwritten. In kitty it
//! is a character that the terminal fills with the part; elsewhere a blank, and the image is drawn over its blanks
//! whenever one of them has been written.

use super::grid::{Glyph, Grid, Look};
use super::ink::Ink;
use super::{Caps, Picture};
use crate::tui::image::{Extent, Graphics, Slice, forget_kitty, send};
use ratatui::style::Modifier;

/// What a pane writes into the cells of an image: what lies over it has another character.
pub const PLACEHOLDER: &str = "\u{10eeee}";

/// The numbers by which kitty counts rows and columns of an image, as marks over the placeholder.
#[rustfmt::skip]
const MARKS: [char; 64] = [
    '\u{305}', '\u{30d}', '\u{30e}', '\u{310}', '\u{312}', '\u{33d}', '\u{33e}', '\u{33f}', '\u{346}', '\u{34a}', '\u{34b}',
    '\u{34c}', '\u{350}', '\u{351}', '\u{352}', '\u{357}', '\u{35b}', '\u{363}', '\u{364}', '\u{365}', '\u{366}', '\u{367}',
    '\u{368}', '\u{369}', '\u{36a}', '\u{36b}', '\u{36c}', '\u{36d}', '\u{36e}', '\u{36f}', '\u{483}', '\u{484}', '\u{485}',
    '\u{486}', '\u{487}', '\u{592}', '\u{593}', '\u{594}', '\u{595}', '\u{597}', '\u{598}', '\u{599}', '\u{59c}', '\u{59d}',
    '\u{59e}', '\u{59f}', '\u{5a0}', '\u{5a1}', '\u{5a8}', '\u{5a9}', '\u{5ab}', '\u{5ac}', '\u{5af}', '\u{5c4}', '\u{610}',
    '\u{611}', '\u{612}', '\u{613}', '\u{614}', '\u{615}', '\u{616}', '\u{617}', '\u{657}', '\u{658}',
];
/// Columns and rows of an image at most.
pub const MOST: u16 = MARKS.len() as u16;

/// Numbers of images: low ones are what other programs take.
const IDS: std::ops::Range<u8> = 64..250;

/// An image at one size.
#[derive(Debug)]
struct Known {
    key: u64,
    columns: u16,
    rows: u16,
    id: u8,
    /// The frame that showed it last.
    seen: u64,
    state: State,
    /// Where it stood in the last frame.
    at: Option<(u16, u16)>,
    /// A cell of it has been written in this frame.
    touched: bool,
}

#[derive(Debug)]
enum State {
    /// Damaged or too large: its cells stay blank, its name stands above them.
    Unfit,
    /// The terminal has it.
    Sent,
    /// These bytes draw it at the cursor.
    Ready(Vec<u8>),
}

/// An image that is wholly in view and has to be drawn over its blanks.
#[derive(Clone, Copy, Debug)]
struct Placed {
    known: usize,
    x: u16,
    y: u16,
}

#[derive(Debug, Default)]
pub(super) struct Images {
    known: Vec<Known>,
    placed: Vec<Placed>,
    frame: u64,
    /// An image came to rest only now: it is drawn in the next frame.
    pub again: bool,
}

impl Images {
    /// The terminal lost what it had: another program ran in between.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Turns the cells of images into glyphs. What has to be sent before they show is written to `out`.
    pub fn lay(&mut self, picture: &Picture, caps: &Caps, grid: &mut Grid, out: &mut Vec<u8>) {
        self.frame += 1;
        self.placed.clear();
        self.again = false;
        if picture.slices.is_empty() {
            return;
        }
        let mut rest = picture.slices.as_slice();
        while let Some((x, y, first)) = rest.first() {
            let count = rest
                .iter()
                .enumerate()
                .take_while(|(n, (sx, sy, s))| {
                    let n = u16::try_from(*n).unwrap_or(u16::MAX);
                    s.image.key == first.image.key
                        && *sx == *x
                        && *sy == y.saturating_add(n)
                        && s.row == first.row.saturating_add(n)
                })
                .count();
            let (slices, others) = rest.split_at(count.max(1));
            rest = others;
            self.lay_one(slices, picture, caps, grid, out);
        }
        for known in &mut self.known {
            if known.seen != self.frame {
                known.at = None;
            }
        }
    }

    fn lay_one(
        &mut self,
        slices: &[(u16, u16, Slice)],
        picture: &Picture,
        caps: &Caps,
        grid: &mut Grid,
        out: &mut Vec<u8>,
    ) {
        let Some((x, y, first)) = slices.first() else { return };
        let at = self.number(first, picture.cell, caps, out);
        let frame = self.frame;
        let known = &mut self.known[at];
        let moved = known.at.replace((*x, *y)) != Some((*x, *y));
        known.seen = frame;
        known.touched = false;
        let free = |x: u16, y: u16| picture.buffer.cell((x, y)).is_some_and(|c| c.symbol() == PLACEHOLDER);
        let whole = slices.len() == usize::from(first.rows)
            && slices.iter().all(|(x, y, s)| (0..s.columns).all(|c| free(x + c, *y)));
        let shown = match (&known.state, caps.images) {
            (State::Unfit, _) | (_, Graphics::None) => false,
            (_, Graphics::Kitty) => true,
            (_, Graphics::Iterm) => whole,
            (_, Graphics::Sixel) => {
                // pixels on the move would be sent for every line that is scrolled: they wait for the next frame
                self.again |= moved && whole;
                whole && !moved
            }
        };
        if shown && matches!(known.state, State::Ready(_)) {
            self.placed.push(Placed { known: at, x: *x, y: *y });
        }
        let id = self.known[at].id;
        for (x, y, slice) in slices {
            let mut follows = false;
            for column in 0..slice.columns {
                let x = x + column;
                if x >= picture.buffer.area.right() || *y >= picture.buffer.area.bottom() || !free(x, *y) {
                    follows = false;
                    continue;
                }
                let glyph = &mut grid.row_mut((*y).into())[usize::from(x)];
                *glyph = if shown {
                    glyph_of(id, slice.row, column, follows, caps.images, glyph.look.bg)
                } else {
                    Glyph::blank(glyph.look.bg)
                };
                follows = true;
            }
        }
    }

    /// Its place among those that are known. A new one is given a number, and sent where that is done beforehand.
    fn number(&mut self, slice: &Slice, cell: (u16, u16), caps: &Caps, out: &mut Vec<u8>) -> usize {
        let same = |k: &Known| k.key == slice.image.key && k.columns == slice.columns && k.rows == slice.rows;
        if let Some(at) = self.known.iter().position(same) {
            return at;
        }
        let kitty = caps.images == Graphics::Kitty;
        let free = IDS.into_iter().find(|id| self.known.iter().all(|k| k.id != *id));
        let (at, id) = match free {
            Some(id) => (self.known.len(), id),
            None => {
                let oldest = (0..self.known.len()).min_by_key(|at| self.known[*at].seen).unwrap_or(0);
                let id = self.known[oldest].id;
                if kitty {
                    out.extend_from_slice(&handed_on(&forget_kitty(id), caps));
                }
                (oldest, id)
            }
        };
        let size = Extent { columns: slice.columns, rows: slice.rows, cell };
        let state = match send(caps.images, &slice.image, size, id, caps.far) {
            None => State::Unfit,
            Some(sequences) => {
                let bytes: Vec<u8> = sequences.iter().flat_map(|bytes| handed_on(bytes, caps)).collect();
                if kitty {
                    out.extend_from_slice(&bytes);
                    State::Sent
                } else {
                    State::Ready(bytes)
                }
            }
        };
        let (key, columns, rows, seen) = (slice.image.key, slice.columns, slice.rows, self.frame);
        let known = Known { key, columns, rows, id, seen, state, at: None, touched: false };
        if at < self.known.len() {
            self.known[at] = known;
        } else {
            self.known.push(known);
        }
        at
    }

    /// Whether any was in view in the last frame or is in this one.
    pub fn are_shown(&self) -> bool {
        self.known.iter().any(|k| k.seen + 1 >= self.frame)
    }

    /// A cell of an image has been written.
    pub fn touch(&mut self, id: u8) {
        for known in self.known.iter_mut().filter(|k| k.id == id) {
            known.touched = true;
        }
    }

    /// The images that have to be drawn again: where, and their bytes.
    pub fn due(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        self.placed.iter().filter_map(|placed| match self.known.get(placed.known)? {
            Known { touched: true, state: State::Ready(bytes), .. } => {
                Some((placed.x.into(), placed.y.into(), bytes.as_slice()))
            }
            _ => None,
        })
    }
}

/// Wrapped so that tmux hands it on; its own sixels it draws itself.
fn handed_on(sequence: &[u8], caps: &Caps) -> Vec<u8> {
    if !caps.tmux || caps.images == Graphics::Sixel {
        return sequence.to_vec();
    }
    let doubled = sequence.iter().flat_map(|b| std::iter::repeat_n(*b, if *b == 0x1b { 2 } else { 1 }));
    b"\x1bPtmux;".iter().copied().chain(doubled).chain(*b"\x1b\\").collect()
}

/// The glyph of one cell of an image. `follows`: the cell at its left shows the part before.
fn glyph_of(id: u8, row: u16, column: u16, follows: bool, graphics: Graphics, bg: Ink) -> Glyph {
    let kitty = graphics == Graphics::Kitty;
    let look = Look { fg: if kitty { Ink::indexed(id) } else { Ink::OWN }, bg, mods: Modifier::empty() };
    let mut glyph = Glyph::part(look, id, row, column, kitty, follows);
    // never written again to bridge a gap: that would rub out what is drawn over it
    glyph.loose = !kitty;
    glyph
}

/// What is written into a cell of an image: in kitty the placeholder, which counts by itself after the first of a row.
pub(super) fn write_part(row: u16, column: u16, kitty: bool, follows: bool, out: &mut Vec<u8>) {
    if !kitty {
        out.push(b' ');
        return;
    }
    out.extend_from_slice(PLACEHOLDER.as_bytes());
    if !follows {
        for n in [row, column] {
            let mark = MARKS[usize::from(n).min(MARKS.len() - 1)];
            out.extend_from_slice(mark.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}
