//! What is looked for in texts: found whatever the case, without a copy where ASCII allows it.

use std::ops::Range;

/// Words to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needle {
    lower: String,
}

impl Needle {
    pub fn new(words: &str) -> Self {
        Self { lower: words.to_lowercase() }
    }

    /// Nothing is looked for, and nothing found.
    pub fn is_empty(&self) -> bool {
        self.lower.is_empty()
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

    fn each(&self, text: &str, found: impl FnMut(Range<usize>)) {
        if self.lower.is_ascii() { self.ascii(text, found) } else { self.folded(text, found) }
    }

    fn ascii(&self, text: &str, mut found: impl FnMut(Range<usize>)) {
        let needle = self.lower.as_bytes();
        let Some(first) = needle.first() else { return };
        let (low, high) = (*first, first.to_ascii_uppercase());
        let bytes = text.as_bytes();
        let mut from = 0;
        while let Some(at) = memchr::memchr2(low, high, &bytes[from..]) {
            let start = from + at;
            let end = start + needle.len();
            from = start + 1;
            if bytes.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(needle)) {
                found(start..end);
                from = end;
            }
        }
    }

    /// In lower case a character may become several: each knows which one it came from.
    fn folded(&self, text: &str, mut found: impl FnMut(Range<usize>)) {
        let needle: Vec<char> = self.lower.chars().collect();
        let lower: Vec<(char, usize)> =
            text.char_indices().flat_map(|(at, c)| c.to_lowercase().map(move |c| (c, at))).collect();
        let mut from = 0;
        while from + needle.len() <= lower.len() {
            let here = &lower[from..from + needle.len()];
            if here.iter().map(|(c, _)| c).eq(&needle) {
                let last = here[needle.len() - 1].1;
                let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
                found(here[0].1..end);
                from += needle.len();
            } else {
                from += 1;
            }
        }
    }
}
