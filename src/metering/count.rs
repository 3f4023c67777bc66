//! Counting tokens: a calibrated estimate at any time, learned per model from what providers report, and the real
//! tokenizer for the families that publish theirs.

use super::tally::Tally;
use crate::words::ModelId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Turns a [`Tally`] into tokens of a model. Small, and worth keeping between starts: it gets better with use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    learned: BTreeMap<ModelId, Learned>,
}

/// Sums over past prompts of one model; halved now and then, so that the last weeks count most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Learned {
    weighed: u64,
    reported: u64,
}

/// Sums are halved above this many tokens.
const MEMORY: u64 = 400_000;
/// Below this many tokens nothing is learned: frames and hidden instructions would drown the text.
const ENOUGH: u64 = 200;

impl Counter {
    /// Tokens of this much text, by this model's tokenizer as far as it is known. Never zero for some text.
    pub fn tokens(&self, model: &ModelId, tally: &Tally) -> u64 {
        let milli = u128::from(tally.milli()) * u128::from(self.factor(model));
        u64::try_from(milli.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// How many tokens this model makes of what o200k makes a thousand of.
    pub fn factor(&self, model: &ModelId) -> u64 {
        match self.learned.get(model) {
            Some(learned) if learned.weighed > 0 => {
                (learned.reported.saturating_mul(1000) / learned.weighed).clamp(300, 3000)
            }
            _ => first_guess(model),
        }
    }

    /// A provider reported how many tokens this much text was.
    pub fn learn(&mut self, model: &ModelId, tally: &Tally, reported: u64) {
        let weighed = tally.milli() / 1000;
        // a report that is far off is about something else (tools, files, a hidden prompt)
        let plausible = reported < weighed.saturating_mul(3) && reported.saturating_mul(3) > weighed;
        if weighed < ENOUGH || !plausible {
            return;
        }
        let learned = self.learned.entry(model.clone()).or_default();
        learned.weighed += weighed;
        learned.reported += reported;
        if learned.weighed > MEMORY {
            learned.weighed /= 2;
            learned.reported /= 2;
        }
    }

    /// Models it has learned something about.
    pub fn known(&self) -> impl Iterator<Item = &ModelId> {
        self.learned.keys()
    }
}

/// Tokens per thousand o200k tokens before anything was learned, by author; figures from comparing reported usage of
/// the same English and code texts. A wrong one is put right by the first few replies.
fn first_guess(model: &ModelId) -> u64 {
    match model.author() {
        "anthropic" => 1_180,
        "mistralai" => 1_120,
        "meta-llama" | "deepseek" | "qwen" | "z-ai" | "moonshotai" => 1_030,
        _ => 1_000,
    }
}

/// Which published vocabulary a model uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vocabulary {
    Cl100k,
    O200k,
}

fn vocabulary(model: &ModelId) -> Option<Vocabulary> {
    if model.author() != "openai" {
        return None;
    }
    let short = model.short();
    let old = short.starts_with("gpt-3.5") || short == "gpt-4" || short.starts_with("gpt-4-");
    Some(if old { Vocabulary::Cl100k } else { Vocabulary::O200k })
}

/// Whether [`exact`] can count for this model.
pub fn has_tokenizer(model: &ModelId) -> bool {
    vocabulary(model).is_some()
}

/// The exact number of tokens by the model's own byte-pair tokenizer; `None` for families that publish none.
///
/// The first call loads a vocabulary: some 150 ms and 50 MB. Call it in the background, never between a key and its
/// echo. Runs of more than 1,000 characters without white space are estimated: merging them takes quadratic time.
pub fn exact(model: &ModelId, text: &str) -> Option<u64> {
    let bpe = match vocabulary(model)? {
        Vocabulary::Cl100k => tiktoken_rs::cl100k_base_singleton(),
        Vocabulary::O200k => tiktoken_rs::o200k_base_singleton(),
    };
    let mut count = 0u64;
    let mut start = 0;
    for (from, to) in long_runs(text) {
        count += bpe.encode_ordinary(&text[start..from]).len() as u64;
        count += Tally::of(&text[from..to]).milli().div_ceil(1000);
        start = to;
    }
    Some(count + bpe.encode_ordinary(&text[start..]).len() as u64)
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
