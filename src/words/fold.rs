//! Letters as a search compares them: without their case and without their accents.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// What a character is looked for as: `É` as `e`, `ß` as `ss`, an accent of its own as nothing.
pub fn fold(c: char) -> impl Iterator<Item = char> {
    // most of what is no ASCII in a text is punctuation or an ideograph: neither case nor accent
    let lower = if c.is_ascii() || plain(c) { [Some(c.to_ascii_lowercase()), None, None] } else { lower(c) };
    lower
        .into_iter()
        .flatten()
        .flat_map(|c| if c.is_ascii() || plain(c) { [Some(c), None] } else { bare(c) }.into_iter().flatten())
}

/// A text as it is looked for.
pub fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(fold).collect() }
}

/// Punctuation and symbols, kana, ideographs, Hangul, emoji.
fn plain(c: char) -> bool {
    matches!(u32::from(c), 0x2010..=0x20ff | 0x2190..=0x2bff | 0x2e80..=0xd7ff | 0x1_f000..=0x3_ffff)
}

fn lower(c: char) -> [Option<char>; 3] {
    let mut lower = c.to_lowercase();
    [lower.next(), lower.next(), lower.next()]
}

/// The letter without its accents. Vowel signs and the like are no accents: only what stands on letters of the
/// European alphabets goes, and the points of Hebrew and Arabic, which are seldom written.
fn bare(c: char) -> [Option<char>; 2] {
    let letter = match c {
        'ß' => return [Some('s'), Some('s')],
        'æ' => return [Some('a'), Some('e')],
        'œ' => return [Some('o'), Some('e')],
        'þ' => return [Some('t'), Some('h')],
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ı' => 'i',
        'ς' => 'σ',
        c if accent(c) => return [None, None],
        c => c,
    };
    let table = CanonicalDecompositionBorrowed::new();
    let mut letter = letter;
    while let Decomposed::Expansion(base, mark) = table.decompose(letter)
        && accent(mark)
    {
        letter = base;
    }
    [Some(letter), None]
}

fn accent(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x591..=0x5bd | 0x5bf | 0x5c1..=0x5c2 | 0x5c4..=0x5c5 | 0x5c7 | 0x64b..=0x65f | 0x670)
}
