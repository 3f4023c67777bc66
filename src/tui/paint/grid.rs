//! What a picture looks like cell by cell, in a form that is cheap to compare, hash and shift.

use super::Link;
use super::ink::Ink;
use crate::tui::text::graphemes;
use crate::tui::theme::Depth;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Colours and attributes of a cell, fitted to the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub fg: Ink,
    pub bg: Ink,
    pub mods: Modifier,
}

/// Attributes that can be seen on a blank.
pub(super) const ON_BLANKS: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK);

/// The symbol of a cell: up to eight bytes of UTF-8 in place, or an index into [`Symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Symbol(u64);

const BLANK: Symbol = Symbol(b' ' as u64);
/// The right half of a wide character.
pub(super) const NOTHING: Symbol = Symbol(0);
const LONG: u64 = 0xff << 56;
/// A part of an image: number, row, column, how it is written.
const PART: u64 = 0xfe << 56;

/// One cell as the terminal shows it. Two equal glyphs look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    pub symbol: Symbol,
    pub look: Look,
    /// 0, or the number of the link in the painter's table.
    pub link: u32,
    /// Columns: 0 for the right part of a wide character.
    pub width: u8,
    /// Columns that terminals which know less about emoji may use for it; equal to `width` for plain characters.
    pub reach: u8,
    /// Terminals disagree about where the cursor stands after it.
    pub loose: bool,
}

impl Hash for Glyph {
    /// Two words a cell. A collision costs bytes, never a wrong picture: equality decides what is written.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.symbol.0 ^ u64::from(self.link) << 32);
        let colors = u64::from(self.look.fg.0) << 32 | u64::from(self.look.bg.0);
        state.write_u64(colors ^ u64::from(self.look.mods.bits()) << 24);
    }
}

impl Glyph {
    pub fn blank(bg: Ink) -> Glyph {
        Glyph::plain(BLANK, Look { bg, ..Look::default() })
    }

    fn plain(symbol: Symbol, look: Look) -> Glyph {
        Glyph { symbol, look, link: 0, width: 1, reach: 1, loose: false }
    }

    /// A cell that shows a part of an image.
    pub fn part(look: Look, id: u8, row: u16, column: u16, kitty: bool, follows: bool) -> Glyph {
        let place = u64::from(id) << 40 | u64::from(row) << 24 | u64::from(column) << 8;
        let symbol = Symbol(PART | place | u64::from(kitty) << 1 | u64::from(follows));
        Glyph { symbol, look, ..Glyph::blank(look.bg) }
    }

    /// The image of which it shows a part.
    pub fn image(&self) -> Option<u8> {
        (self.symbol.0 & LONG == PART).then_some((self.symbol.0 >> 40 & 0xff) as u8)
    }

    pub fn is_blank(&self) -> bool {
        self.symbol == BLANK
    }

    /// A blank that an erase can make.
    pub fn is_erasable(&self) -> bool {
        self.symbol == BLANK && self.link == 0 && self.look.mods.is_empty()
    }
}

/// Symbols longer than seven bytes, and links, by number.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    long: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u64>,
    links: Vec<Arc<str>>,
    link_numbers: HashMap<Arc<str>, u32>,
}

impl Symbols {
    fn number(&mut self, text: &str) -> Symbol {
        if text.len() < 8 {
            let mut bytes = [0; 8];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            return Symbol(u64::from_le_bytes(bytes));
        }
        if let Some(&n) = self.numbers.get(text) {
            return Symbol(LONG | n);
        }
        let n = self.long.len() as u64;
        self.long.push(text.into());
        self.numbers.insert(text.into(), n);
        Symbol(LONG | n)
    }

    /// Appends the symbol's bytes.
    pub fn write(&self, symbol: Symbol, out: &mut Vec<u8>) {
        if symbol.0 & LONG == LONG {
            let text = self.long.get((symbol.0 & !LONG) as usize).map_or("\u{fffd}", |s| s);
            out.extend_from_slice(text.as_bytes());
        } else if symbol.0 & LONG == PART {
            let n = symbol.0;
            let (row, column) = ((n >> 24 & 0xffff) as u16, (n >> 8 & 0xffff) as u16);
            super::images::write_part(row, column, n & 2 != 0, n & 1 != 0, out);
        } else {
            let bytes = symbol.0.to_le_bytes();
            let end = bytes.iter().position(|&b| b == 0).unwrap_or(8);
            out.extend_from_slice(&bytes[..end]);
        }
    }

    pub fn len(&self, symbol: Symbol) -> usize {
        if symbol.0 & PART == PART { 16 } else { 8 - (symbol.0.leading_zeros() / 8) as usize }
    }

    fn link_number(&mut self, url: &Arc<str>) -> u32 {
        if let Some(&n) = self.link_numbers.get(url) {
            return n;
        }
        self.links.push(Arc::clone(url));
        let n = u32::try_from(self.links.len()).unwrap_or(0);
        self.link_numbers.insert(Arc::clone(url), n);
        n
    }

    pub fn link(&self, number: u32) -> Option<&str> {
        self.links.get((number as usize).checked_sub(1)?).map(|url| &**url)
    }

    /// Whether so much was remembered that it is time to forget, and paint everything again.
    pub fn is_full(&self) -> bool {
        self.long.len() + self.links.len() > 20_000
    }
}

/// A whole screen of glyphs.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub width: usize,
    pub height: usize,
    pub cells: Vec<Glyph>,
}

impl Grid {
    pub fn row(&self, y: usize) -> &[Glyph] {
        &self.cells[y * self.width..(y + 1) * self.width]
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [Glyph] {
        &mut self.cells[y * self.width..(y + 1) * self.width]
    }

    pub fn fill(&mut self, width: usize, height: usize, glyph: Glyph) {
        self.width = width;
        self.height = height;
        self.cells.clear();
        self.cells.resize(width * height, glyph);
    }

    /// Takes over one row of a picture, fitted to `depth`.
    pub fn take(&mut self, y: usize, cells: &[Cell], depth: Depth, symbols: &mut Symbols) {
        take_row(cells, self.row_mut(y), depth, symbols);
    }

    /// Makes cells of a row that was just taken a link.
    pub fn link(&mut self, link: &Link, symbols: &mut Symbols) {
        let number = symbols.link_number(&link.url);
        let to = usize::from(link.to).min(self.width);
        for glyph in &mut self.row_mut(link.y.into())[usize::from(link.from).min(to)..to] {
            glyph.link = number;
        }
    }
}

/// A frame takes all its cells through here: neighbours share their look, most symbols are one byte.
fn take_row(cells: &[Cell], row: &mut [Glyph], depth: Depth, symbols: &mut Symbols) {
    let mut pen = Pen::new(&Cell::default(), depth);
    // the last symbol that was not one byte: lines are drawn with many of one
    let mut drawn: Option<(&str, Glyph)> = None;
    let mut x = 0;
    while let Some(cell) = cells.get(x) {
        if !pen.draws(cell) {
            pen = Pen::new(cell, depth);
        }
        let symbol = cell.symbol();
        let room = cells.len() - x;
        let glyph = match (symbol.as_bytes(), drawn) {
            ([byte], _) if byte.is_ascii_graphic() => Glyph::plain(Symbol(u64::from(*byte)), pen.look),
            ([_], _) => Glyph::plain(BLANK, pen.look),
            (_, Some((same, glyph))) if same == symbol && usize::from(glyph.reach) <= room => {
                Glyph { look: pen.look, ..glyph }
            }
            _ => glyph_of(symbol, pen.look, symbols, room),
        };
        if symbol.len() > 1 {
            drawn = Some((symbol, glyph));
        }
        let glyph = if glyph.symbol == BLANK || pen.hides { Glyph::plain(BLANK, pen.blank) } else { glyph };
        row[x] = glyph;
        let width = usize::from(glyph.width);
        if width > 1 {
            row[x + 1..x + width].fill(Glyph { symbol: NOTHING, width: 0, reach: 0, ..glyph });
        }
        x += width;
    }
}

/// What cells of one style look like on this terminal.
struct Pen {
    style: (Color, Color, Modifier),
    look: Look,
    /// Of a blank: less of it can be seen.
    blank: Look,
    hides: bool,
}

impl Pen {
    fn new(cell: &Cell, depth: Depth) -> Self {
        let (fg, bg) = (depth.fit(cell.fg).into(), depth.fit(cell.bg).into());
        let mods = cell.modifier & ON_BLANKS;
        let fg_of_blank = if mods.is_empty() { Ink::OWN } else { fg };
        Self {
            style: (cell.fg, cell.bg, cell.modifier),
            look: Look { fg, bg, mods: cell.modifier },
            blank: Look { fg: fg_of_blank, bg, mods },
            hides: cell.modifier.contains(Modifier::HIDDEN),
        }
    }

    fn draws(&self, cell: &Cell) -> bool {
        self.style == (cell.fg, cell.bg, cell.modifier)
    }
}

/// The glyph of a symbol when `room` columns are left in its row.
fn glyph_of(symbol: &str, look: Look, symbols: &mut Symbols, room: usize) -> Glyph {
    let plain = |symbol| Glyph::plain(symbol, look);
    // a cell holds one grapheme; anything else, or a control character, is no text of ours
    let mut parts = graphemes(symbol);
    let (Some((text, width @ 1..=40)), None) = (parts.next(), parts.next()) else {
        return plain(BLANK);
    };
    // the placeholder of images is ours alone: in somebody's text it would show any of them
    if width > room || text.chars().any(char::is_control) || text.starts_with(super::images::PLACEHOLDER) {
        return plain(BLANK);
    }
    let reach: usize =
        text.chars().map(|c| graphemes(c.encode_utf8(&mut [0; 4])).map(|(_, w)| w).sum::<usize>()).sum();
    let reach = reach.max(width);
    let first = text.chars().next().unwrap_or(' ');
    let mut text = text;
    let mut reach = reach;
    if reach > room {
        // a terminal that draws the parts side by side would run over the edge: only the first part
        text = &text[..first.len_utf8()];
        reach = width;
    }
    let many = text.len() > first.len_utf8();
    let loose = many || width > 2 || first >= '\u{1f000}';
    let number = symbols.number(text);
    Glyph { symbol: number, width: width as u8, reach: reach as u8, loose, ..plain(BLANK) }
}
