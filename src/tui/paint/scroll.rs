//! Finding rows that moved: a region whose content is its old self a few rows further up or down.

use super::grid::{Glyph, Grid};
use super::ink::Ink;
use std::hash::{Hash, Hasher};

/// A move worth making: the terminal scrolls rows `top..bottom` by `by` rows (up when positive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub top: usize,
    pub bottom: usize,
    pub by: isize,
}

/// Bytes that setting a region, scrolling and coming back take at most.
const OVERHEAD: isize = 16;

/// One number for the looks of a row.
pub(super) fn hash(row: &[Glyph]) -> u64 {
    let mut hasher = Fold(0);
    row.hash(&mut hasher);
    hasher.0
}

/// A fast hash: rows come from ourselves, nobody can choose collisions, and a collision only costs bytes.
struct Fold(u64);

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(n.into());
    }

    fn write_u16(&mut self, n: u16) {
        self.write_u64(n.into());
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(n.into());
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }
}

/// The move that saves most, if any saves something. Hashes are those of the rows of `old` and `new`.
pub(super) fn find(old: &Grid, old_hashes: &[u64], new: &Grid, new_hashes: &[u64]) -> Option<Move> {
    let height = new.height;
    let changed: Vec<usize> = (0..height).filter(|&y| old_hashes[y] != new_hashes[y]).collect();
    if changed.len() < 2 {
        return None;
    }
    let blank = hash(&vec![Glyph::blank(Ink::OWN); new.width]);
    // how many changed rows each distance would explain
    let mut votes = vec![0usize; 2 * height + 1];
    for &y in &changed {
        if new_hashes[y] == blank {
            continue;
        }
        for (from, known) in old_hashes.iter().enumerate() {
            if *known == new_hashes[y] && from != y {
                votes[height + from - y] += 1;
            }
        }
    }
    let mut distances: Vec<isize> = Vec::new();
    for _ in 0..3 {
        let best = (0..votes.len()).max_by_key(|&i| votes[i]).filter(|&i| votes[i] > 0);
        let Some(i) = best else { break };
        votes[i] = 0;
        distances.push(i as isize - height as isize);
    }
    if distances.is_empty() {
        return None;
    }
    // rows of one hash are taken for equal here: a collision costs bytes
    let cost = |y: usize, from: usize| {
        if new_hashes[y] == old_hashes[from] { 0 } else { row_cost(new.row(y), old.row(from)) }
    };
    let stay: Vec<isize> = (0..height).map(|y| cost(y, y)).collect();
    let fresh: Vec<isize> = (0..height).map(|y| fresh_cost(new.row(y))).collect();
    distances
        .into_iter()
        .filter_map(|by| best_run(height, &cost, &stay, &fresh, by))
        .max_by_key(|(saved, _)| *saved)
        .map(|(_, found)| found)
}

/// The run of rows for which moving by `by` saves most, rows that become empty counted.
fn best_run(
    height: usize,
    cost: &impl Fn(usize, usize) -> isize,
    stay: &[isize],
    fresh: &[isize],
    by: isize,
) -> Option<(isize, Move)> {
    let n = by.unsigned_abs();
    // content row y comes from row y + by
    let (first, last) = if by > 0 { (0, height - n) } else { (n, height) };
    let mut best: Option<(isize, Move)> = None;
    let mut sum = 0;
    let mut begin = first;
    for y in first..last {
        let from = y.wrapping_add_signed(by);
        if sum <= 0 {
            sum = 0;
            begin = y;
        }
        sum += stay[y] - cost(y, from);
        let (top, bottom) = if by > 0 { (begin, y + 1 + n) } else { (begin - n, y + 1) };
        let exposed = if by > 0 { y + 1..bottom } else { top..begin };
        let loss: isize = exposed.map(|e| fresh[e] - stay[e]).sum();
        let saved = sum - loss - OVERHEAD;
        if saved > 0 && best.is_none_or(|(known, _)| saved > known) {
            best = Some((saved, Move { top, bottom, by }));
        }
    }
    best
}

/// About how many bytes it takes to turn one row into the other.
fn row_cost(new: &[Glyph], old: &[Glyph]) -> isize {
    // blanks at the end are one erase
    let end = new.iter().rposition(|g| !g.is_erasable()).map_or(0, |x| x + 1);
    let body = new[..end].iter().zip(&old[..end]).filter(|(a, b)| a != b).count();
    let tail = new[end..] != old[end..];
    body as isize + 8 + if tail { 3 } else { 0 }
}

fn fresh_cost(new: &[Glyph]) -> isize {
    let inked = new.iter().filter(|g| !g.is_erasable()).count() as isize;
    if inked == 0 { 0 } else { inked + 8 }
}
