//! Where the cursor is: the shortest way to where it is needed, and what the terminal remembers for it.

use super::{Painter, SYNC_BEGIN};
use crate::tui::paint::grid::Look;
use crate::tui::paint::pen;

/// What the terminal remembers for `ESC 8`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Saved {
    pub(super) at: (usize, usize),
    pub(super) pen: Look,
}

impl Painter {
    pub(super) fn move_to(&mut self, x: usize, y: usize) {
        if self.at == Some((x, y)) {
            return;
        }
        write_move(self.at, (x, y), self.region, &mut self.out);
        self.at = Some((x, y));
    }

    /// Remembers where the caret stands, so that coming back after painting elsewhere takes two bytes.
    pub(super) fn save_cursor(&mut self, wanted: Option<(usize, usize)>) {
        let Some(caret) = wanted else { return };
        let (Some(pen), true) = (self.pen, self.at == Some(caret)) else { return };
        if self.taken.changed.is_empty() {
            return;
        }
        let stale = self.saved.is_none_or(|s| s.at != caret || (s.pen != pen && self.misses >= 4));
        if stale {
            self.out.extend_from_slice(b"\x1b7");
            self.saved = Some(Saved { at: caret, pen });
            self.misses = 0;
        }
    }

    pub(super) fn place_cursor(&mut self, wanted: Option<(usize, usize)>) {
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
