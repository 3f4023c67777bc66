//! Text into words to search by: without case and accents, parts of compounds, pairs of characters where no spaces are written.

use crate::words::{fold, folded};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// One word to be found by, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub word: String,
    pub at: Range<usize>,
}

/// Longer words are cut: nobody types them, and base64 would fill the index.
const LONGEST: usize = 48;

/// Every word of a text in order. `flush_async` is also `flush` and `async`;
/// `日本語` is `日本`, `本語` and `語`, so that any part of it is the beginning of a word.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut words = text.unicode_word_indices().peekable();
    std::iter::from_fn(move || {
        let (start, word) = words.next()?;
        let at = start..start + word.len();
        if unspaced(word) {
            let next = words.peek().filter(|(next, word)| *next == at.end && unspaced(word));
            let pair = next.map_or_else(|| word.to_owned(), |(_, second)| format!("{word}{second}"));
            return Some(vec![Token { word: pair, at }]);
        }
        let mut found = vec![Token { word: short(folded(word)), at }];
        let parts = word
            .split(|c: char| !c.is_alphanumeric() && fold(c).next().is_some())
            .filter(|part| !part.is_empty());
        for part in parts.filter(|part| part.len() < word.len()) {
            let from = start + (part.as_ptr() as usize - word.as_ptr() as usize);
            found.push(Token { word: short(folded(part)), at: from..from + part.len() });
        }
        Some(found)
    })
    .flatten()
}

pub(super) fn short(mut word: String) -> String {
    if word.len() > LONGEST {
        word.truncate(word.floor_char_boundary(LONGEST));
    }
    word
}

/// A character of a script that is written without spaces: Thai and its neighbours, Khmer, kana, Han.
fn unspaced(word: &str) -> bool {
    word.chars().next().is_some_and(|c| {
        matches!(u32::from(c),
            0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x309f | 0x3400..=0x9fff
            | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
    })
}
