//! What is looked for in texts: found whatever the case and the accents, without a copy of the text.

use super::fold::{fold, folded};
use std::ops::Range;

/// Words to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needle {
    folded: Vec<char>,
}

impl Needle {
    pub fn new(words: &str) -> Self {
        Self { folded: folded(words).chars().collect() }
    }

    /// Nothing is looked for, and nothing found.
    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    pub fn count(&self, text: &str) -> usize {
        let mut count = 0;
        self.each(text, |_| count += 1);
        count
    }

    /// Byte ranges of what was found, from the first to the last; none overlaps another.
    pub fn find_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.each(text, |range| found.push(range));
        found
    }

    /// How many bytes the words take at the beginning of a text.
    pub fn begins(&self, text: &str) -> Option<usize> {
        let mut rest = self.folded.as_slice();
        for (at, c) in text.char_indices() {
            // an accent of its own belongs to the letter before it
            if rest.is_empty() && fold(c).next().is_some() {
                return Some(at);
            }
            for c in fold(c) {
                match rest.split_first() {
                    Some((next, others)) if *next == c => rest = others,
                    Some(_) => return None,
                    // `s` is found in `ß`
                    None => {}
                }
            }
        }
        rest.is_empty().then_some(text.len())
    }

    fn each(&self, text: &str, mut found: impl FnMut(Range<usize>)) {
        let Some(first) = self.folded.first().copied() else { return };
        let ascii = text.is_ascii();
        let mut from = 0;
        while let Some(start) = self.candidate(first, text, from, ascii) {
            from = match self.begins(&text[start..]) {
                Some(length) => {
                    found(start..start + length);
                    start + length
                }
                None => text.ceil_char_boundary(start + 1),
            };
        }
    }

    /// The next place where a character is the first of the words.
    fn candidate(&self, first: char, text: &str, from: usize, ascii: bool) -> Option<usize> {
        let begins = |at: &usize| text[*at..].chars().next().is_some_and(|c| fold(c).next() == Some(first));
        let Some(low) = first.is_ascii().then_some(first as u8) else {
            return text[from..].char_indices().map(|(at, _)| from + at).find(begins);
        };
        let bytes = &text.as_bytes()[from..];
        let high = low.to_ascii_uppercase();
        if ascii {
            return memchr::memchr2(low, high, bytes).map(|at| from + at);
        }
        // a letter with an accent is no ASCII
        let letters = bytes.iter().enumerate().filter(|(_, b)| **b == low || **b == high || **b >= 0xc0);
        letters.map(|(at, _)| from + at).find(|at| text.as_bytes()[*at].is_ascii() || begins(at))
    }
}
