//! The real tokenizer of the families that publish theirs, and counting with it while a text still grows.

use super::tally::Tally;
use crate::words::ModelId;
use std::fmt;
use tiktoken_rs::CoreBPE;

/// A published byte-pair vocabulary, loaded.
#[derive(Clone, Copy)]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    bpe: &'static CoreBPE,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vocabulary {
    Cl100k,
    O200k,
}

/// OpenAI's models, whoever serves them; no other author's vocabulary comes with the program.
fn vocabulary(model: &ModelId) -> Option<Vocabulary> {
    if model.author() != "openai" {
        return None;
    }
    let short = model.short();
    let old = short.starts_with("gpt-3.5") || short == "gpt-4" || short.starts_with("gpt-4-");
    Some(if old { Vocabulary::Cl100k } else { Vocabulary::O200k })
}

impl Tokenizer {
    /// Whether there is one for this model; loads nothing.
    pub fn exists(model: &ModelId) -> bool {
        vocabulary(model).is_some()
    }

    /// The model's tokenizer; `None` for families that publish none. The first call for a vocabulary loads it, some
    /// 150 ms and 50 MB: call it in the background, never between a key and its echo.
    pub fn load(model: &ModelId) -> Option<Self> {
        let vocabulary = vocabulary(model)?;
        let bpe = match vocabulary {
            Vocabulary::Cl100k => tiktoken_rs::cl100k_base_singleton(),
            Vocabulary::O200k => tiktoken_rs::o200k_base_singleton(),
        };
        Some(Self { vocabulary, bpe })
    }

    /// Whether it is this model's.
    pub fn suits(&self, model: &ModelId) -> bool {
        vocabulary(model) == Some(self.vocabulary)
    }

    /// How many tokens the text is. Runs of more than 1,000 characters without white space are estimated: merging
    /// them takes quadratic time.
    pub fn count(&self, text: &str) -> u64 {
        let mut count = 0u64;
        let mut start = 0;
        for (from, to) in long_runs(text) {
            count += self.plain(&text[start..from]);
            count += Tally::of(&text[from..to]).milli().div_ceil(1000);
            start = to;
        }
        count + self.plain(&text[start..])
    }

    fn plain(&self, text: &str) -> u64 {
        self.bpe.encode_ordinary(text).len() as u64
    }
}

impl PartialEq for Tokenizer {
    fn eq(&self, other: &Self) -> bool {
        self.vocabulary == other.vocabulary
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.vocabulary.fmt(f)
    }
}

/// Byte ranges of runs without white space that are too long to merge.
fn long_runs(text: &str) -> Vec<(usize, usize)> {
    const LONG: usize = 1_000;
    let mut runs = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_whitespace() {
            if at - from > LONG {
                runs.push((from, at));
            }
            from = at + c.len_utf8();
        }
    }
    runs
}

/// Tokens of a text that arrives in pieces. What lies before a certain word boundary is counted once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Running {
    tokenizer: Tokenizer,
    counted: u64,
    /// Behind the last boundary, and how many tokens it is as far as it goes.
    tail: String,
    open: u64,
}

/// A tail of this many bytes without a boundary (no spaces: Chinese, base64) is cut where it stands, which may cost a token.
const LONGEST_TAIL: usize = 512;

impl Running {
    pub fn new(tokenizer: Tokenizer) -> Self {
        Self { tokenizer, counted: 0, tail: String::new(), open: 0 }
    }

    pub fn push(&mut self, text: &str) {
        self.tail.push_str(text);
        let cut = if self.tail.len() > LONGEST_TAIL { Some(self.tail.len()) } else { boundary(&self.tail) };
        if let Some(cut) = cut {
            self.counted += self.tokenizer.count(&self.tail[..cut]);
            self.tail.drain(..cut);
        }
        self.open = self.tokenizer.count(&self.tail);
    }

    pub fn tokens(&self) -> u64 {
        self.counted + self.open
    }
}

/// The last place where a text may be cut without changing its tokens: before one space between a letter and a
/// letter. Both vocabularies begin a new piece there, and pieces are merged apart.
fn boundary(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..bytes.len().saturating_sub(1)).rev().find(|at| {
        bytes[*at] == b' ' && bytes[at - 1].is_ascii_alphabetic() && bytes[at + 1].is_ascii_alphabetic()
    })
}
