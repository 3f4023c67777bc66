//! Wrapping of styled text into rows: at spaces, between wide characters, and inside words that are too long.

use super::row::{Face, Joint, Row, RowBuilder};
use super::width::graphemes;
use std::sync::Arc;

/// A stretch of text in one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// No control characters, no newline.
    pub text: String,
    pub face: Face,
    pub link: Option<Arc<str>>,
}

/// Styled text before it is wrapped: what stands between two forced line breaks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub pieces: Vec<Piece>,
}

impl Line {
    /// A line of cleaned text in one face.
    pub fn of(text: &str, face: Face) -> Line {
        let mut line = Line::default();
        line.push(&crate::words::clean_line(text), face, None);
        line
    }

    /// Adds cleaned text, joined to the last piece when it looks the same.
    pub fn push(&mut self, text: &str, face: Face, link: Option<&Arc<str>>) {
        if text.is_empty() {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.face == face
            && last.link.as_ref() == link
        {
            last.text.push_str(text);
            return;
        }
        self.pieces.push(Piece { text: text.to_owned(), face, link: link.cloned() });
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn width(&self) -> usize {
        self.pieces.iter().map(|p| super::width(&p.text)).sum()
    }

    pub fn text(&self) -> String {
        self.pieces.iter().map(|p| p.text.as_str()).collect()
    }
}

/// What stands at the left of a block's rows: list markers, quote bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prefix {
    /// Before the first row.
    pub first: Vec<(String, Face)>,
    /// Before every other row; as wide as `first`.
    pub rest: Vec<(String, Face)>,
}

impl Prefix {
    pub fn width(&self) -> usize {
        self.rest.iter().map(|(t, _)| super::width(t)).sum()
    }

    /// What stands before the next row; after the first row only the rest is left.
    pub(crate) fn take(&mut self) -> Vec<(String, Face)> {
        std::mem::replace(&mut self.first, self.rest.clone())
    }
}

/// One grapheme, or a run of ASCII that cannot be broken.
struct Unit {
    piece: usize,
    from: usize,
    to: usize,
    width: usize,
    space: bool,
}

/// Wraps `line` to rows at most `columns` wide, prefix included (a column at least is left for text).
/// An empty line gives one row with the prefix alone.
pub fn wrap(line: &Line, columns: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
    let room = columns.saturating_sub(prefix.width()).max(2);
    let units = units(line, room);
    let mut start = 0;
    loop {
        let (end, next, joint) = cut(&units, start, room);
        let mut row = RowBuilder::default();
        for (text, face) in prefix.take() {
            row.push(&text, face, None);
        }
        row.end_gutter();
        for u in &units[start..end] {
            let piece = &line.pieces[u.piece];
            row.push(&piece.text[u.from..u.to], piece.face, piece.link.as_ref());
        }
        let mut row = row.finish();
        row.joint = joint;
        out.push(row);
        if next >= units.len() {
            break;
        }
        start = next;
    }
}

/// Where the row that begins at `start` ends, where the next one begins, and what lies between.
fn cut(units: &[Unit], start: usize, room: usize) -> (usize, usize, Joint) {
    let mut used = 0;
    // the last place where the row may end, and where the next would begin
    let mut last: Option<(usize, usize, Joint)> = None;
    for (i, u) in units.iter().enumerate().skip(start) {
        if u.space && (i == start || !units[i - 1].space) {
            let next = units[i..].iter().position(|u| !u.space).map_or(units.len(), |n| i + n);
            last = Some((i, next, Joint::Space));
        }
        if used + u.width > room {
            return match last {
                Some((end, next, joint)) if end > start => (end, next.max(start + 1), joint),
                _ => (i.max(start + 1), i.max(start + 1), Joint::Word),
            };
        }
        used += u.width;
        // wide characters (CJK, emoji) may be parted from what follows, unless that is closing punctuation
        if u.width == 2 && units.get(i + 1).is_some_and(|n| n.width == 2 && !n.space) {
            last = Some((i + 1, i + 1, Joint::Word));
        }
    }
    (units.len(), units.len(), Joint::End)
}

fn units(line: &Line, room: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    for (piece, p) in line.pieces.iter().enumerate() {
        let mut from = 0;
        if p.text.is_ascii() {
            // whole words at a time, cut only if one is wider than the row
            let bytes = p.text.as_bytes();
            while from < bytes.len() {
                let space = bytes[from] == b' ';
                let mut to = from + 1;
                while !space && to < bytes.len() && bytes[to] != b' ' && to - from < room {
                    to += 1;
                }
                units.push(Unit { piece, from, to, width: to - from, space });
                from = to;
            }
            continue;
        }
        for (g, width) in graphemes(&p.text) {
            let to = from + g.len();
            units.push(Unit { piece, from, to, width, space: g == " " });
            from = to;
        }
    }
    units
}

/// As [`wrap`], but rows end exactly at the edge and keep every blank: for code.
pub fn chop(line: &Line, columns: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
    let room = columns.saturating_sub(prefix.width()).max(2);
    let mut row = RowBuilder::default();
    let begin = |row: &mut RowBuilder, prefix: &mut Prefix| {
        for (text, face) in prefix.take() {
            row.push(&text, face, None);
        }
        row.end_gutter();
    };
    begin(&mut row, prefix);
    let mut used = 0;
    for piece in &line.pieces {
        let mut from = 0;
        let mut at = 0;
        for (g, width) in graphemes(&piece.text) {
            if used + width > room {
                row.push(&piece.text[from..at], piece.face, piece.link.as_ref());
                let mut done = std::mem::take(&mut row).finish();
                done.joint = Joint::Word;
                out.push(done);
                begin(&mut row, prefix);
                from = at;
                used = 0;
            }
            used += width;
            at += g.len();
        }
        row.push(&piece.text[from..], piece.face, piece.link.as_ref());
    }
    out.push(row.finish());
}
