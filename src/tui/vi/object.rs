//! Text objects: a word, what stands between quotes or brackets.

use super::text::{Span, Text};

const PAIRS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

/// What `iw`, `a"`, `i(` mean at the cursor; `around` takes what encloses it too.
pub fn find(text: &Text, around: bool, object: char) -> Option<Span> {
    let (from, to) = match object {
        'w' | 'W' => word(text, around)?,
        '"' | '\'' | '`' => quoted(text, around, object)?,
        'b' => bracketed(text, around, '(', ')')?,
        'B' => bracketed(text, around, '{', '}')?,
        object => {
            let (open, close) = PAIRS.into_iter().find(|(a, b)| *a == object || *b == object)?;
            bracketed(text, around, open, close)?
        }
    };
    Some(Span { from, to, inclusive: false, lines: false })
}

fn word(text: &Text, around: bool) -> Option<(usize, usize)> {
    if text.len() == 0 {
        return None;
    }
    let at = text.at.min(text.len() - 1);
    let (head, end) = text.line(at);
    let run = |at: usize| {
        let from = (head..at).rev().take_while(|n| text.alike(*n, at)).last().unwrap_or(at);
        let to = (at..end).take_while(|n| text.alike(*n, at)).last().map_or(at, |n| n + 1);
        (from, to)
    };
    let (from, to) = run(at);
    if !around {
        return Some((from, to));
    }
    // with the space behind it, or else the one before
    if to < end && text.is_space(to) {
        return Some((from, run(to).1));
    }
    if from > head && text.is_space(from - 1) {
        return Some((run(from - 1).0, to));
    }
    Some((from, to))
}

fn quoted(text: &Text, around: bool, quote: char) -> Option<(usize, usize)> {
    let (head, end) = text.line(text.at);
    let marks: Vec<usize> = (head..end).filter(|at| text.unit(*at).starts_with(quote)).collect();
    let pair = marks.chunks_exact(2).find(|pair| pair[1] >= text.at)?;
    Some(if around { (pair[0], pair[1] + 1) } else { (pair[0] + 1, pair[1]) })
}

fn bracketed(text: &Text, around: bool, open: char, close: char) -> Option<(usize, usize)> {
    let is = |at: usize, c: char| text.unit(at).starts_with(c);
    let mut depth = 0_usize;
    let from = (0..=text.at.min(text.len().checked_sub(1)?)).rev().find(|at| {
        if is(*at, close) && *at != text.at {
            depth += 1;
        } else if is(*at, open) {
            if depth == 0 {
                return true;
            }
            depth -= 1;
        }
        false
    })?;
    let to = partner(text, from)?;
    Some(if around { (from, to + 1) } else { (from + 1, to) })
}

/// The bracket that belongs to the first one at or behind a place in its line.
pub fn partner(text: &Text, at: usize) -> Option<usize> {
    let is = |at: usize, c: char| text.unit(at).starts_with(c);
    let pair = |at: usize| PAIRS.into_iter().find(|(open, close)| is(at, *open) || is(at, *close));
    let start = (at..text.line(at).1).find(|at| pair(*at).is_some())?;
    let (open, close) = pair(start)?;
    let (mine, other) = if is(start, open) { (open, close) } else { (close, open) };
    let mut depth = 0_usize;
    let mut closes = |at: &usize| {
        if is(*at, mine) {
            depth += 1;
        } else if is(*at, other) {
            depth -= 1;
        }
        depth == 0
    };
    if mine == open { (start..text.len()).find(&mut closes) } else { (0..=start).rev().find(&mut closes) }
}
